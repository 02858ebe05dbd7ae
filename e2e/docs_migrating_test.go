package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

var (
	restAndGraphQL = regexp.MustCompile("(?m)^\\| `\\$api(/[^`]*)` \\| `([^`]+)` \\|$")
	fields         = regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| `([a-zA-Z]+)`")
)

// The examples in docs/migrating.md are correct: each REST call and its query return the same rows,
// and each pair of fields has the same value.
func TestDocsMigrating(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now() // a fixed time, so that nothing changes between two calls
	c := newCensus(t, sim.Options{Seed: 1, Now: func() time.Time { return now }})
	g := start(t, c.settings()...)
	rest := func(path string) (data any) {
		t.Helper()
		r, _ := http.NewRequest("GET", c.url+path, nil)
		r.Header.Set("Authorization", "Bearer "+censusToken)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		var answer struct{ Data any }
		if err := json.Unmarshal(body, &answer); err != nil || answer.Data == nil {
			t.Fatalf("%s: %v: %.200s", path, err, body)
		}
		return answer.Data
	}
	runs := c.Runs(52)
	run := strconv.FormatInt(runs[len(runs)-1].ID, 10)
	graph := func(query string) any {
		t.Helper()
		var data any
		a := g.query(t, query, map[string]any{"run": run})
		a.answered(t)
		if err := json.Unmarshal(a.Data, &data); err != nil {
			t.Fatal(err)
		}
		return data
	}
	calls := restAndGraphQL.FindAllStringSubmatch(string(text), -1)
	for _, m := range calls {
		a, b := valuesOf(rest(strings.ReplaceAll(m[1], "$run", run)), "id"), valuesOf(graph(m[2]), "databaseId")
		if len(a) == 0 || strings.Join(a, " ") != strings.Join(b, " ") {
			t.Errorf("%s:\n%s\n%s:\n%s", m[1], a, m[2], b)
		}
	}
	compared := 0
	for _, tt := range []struct{ heading, path, list, query string }{
		{"## Fields of a run\n", "/syncs/%s/sync_runs?per_page=100", "runs", "{ sync(id: %s) { list: runs(first: 100) { nodes { @ } } } }"},
		{"## Fields of a sync\n", "/syncs?per_page=100", "syncs", "{ list: syncs(first: 100) { nodes { @ } } }"},
	} {
		_, section, _ := strings.Cut(string(text), tt.heading)
		section, _, _ = strings.Cut(section, "\n## ")
		pairs := fields.FindAllStringSubmatch(section, -1)
		var names []string
		for _, m := range pairs {
			names = append(names, m[2])
		}
		for _, sync := range []string{"52", "65"} {
			rows := rest(strings.ReplaceAll(tt.path, "%s", sync)).([]any)
			nodes := firstList(graph(strings.ReplaceAll(strings.ReplaceAll(tt.query, "%s", sync), "@", strings.Join(names, " "))))
			if len(rows) != len(nodes) || len(rows) < 40 {
				t.Fatalf("%s: %d rows, %d nodes", tt.heading, len(rows), len(nodes))
			}
			for i, row := range rows {
				for _, m := range pairs {
					compared++
					if a, b := row.(map[string]any)[m[1]], nodes[i].(map[string]any)[m[2]]; !sameValue(a, b) {
						t.Errorf("row %d: %s is %v, %s is %v", i, m[1], a, m[2], b)
					}
				}
			}
		}
	}
	if len(calls) < 7 || compared < 4000 {
		t.Errorf("%d calls, %d values", len(calls), compared)
	}
}

// sameValue reports whether a value of REST equals one of GraphQL, where enums are in capitals.
func sameValue(rest, graph any) bool {
	text, is := rest.(string)
	if word, ok := graph.(string); ok && is {
		return word == text || word == strings.ToUpper(text)
	}
	return rest == graph
}

// valuesOf returns the values of a key in an answer, in order.
func valuesOf(value any, name string) (all []string) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			all = append(all, valuesOf(item, name)...)
		}
	case map[string]any:
		if n, ok := value[name].(float64); ok {
			return []string{strconv.FormatFloat(n, 'f', -1, 64)}
		}
		if name == "databaseId" {
			for _, inner := range value {
				all = append(all, valuesOf(inner, name)...)
			}
		}
	}
	return all
}

// firstList returns the first list in an answer.
func firstList(value any) []any {
	switch value := value.(type) {
	case []any:
		return value
	case map[string]any:
		for _, inner := range value {
			if found := firstList(inner); found != nil {
				return found
			}
		}
	}
	return nil
}
