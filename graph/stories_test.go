package graph_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

var update = flag.Bool("update", false, "write the answers and calls of the stories as they are now")

// now is the time of the stories.
var now = time.Date(2026, 1, 7, 20, 43, 9, 0, time.UTC)

// remembering holds upstream options with the program's page cache.
var remembering = upstream.Options{PageCache: 64 << 20, Freshness: 5 * time.Second}

// serve returns a GraphQL server over a simulated Census, without a page cache.
func serve(opt sim.Options) (http.Handler, *sim.Census) { return serveBy(upstream.Options{}, opt) }

// serveBy is serve with client options.
func serveBy(by upstream.Options, opt sim.Options) (http.Handler, *sim.Census) {
	if opt.Now == nil {
		opt.Now = func() time.Time { return now }
	}
	census := sim.New(opt)
	return handlerOf(census, by, opt.Now), census
}

// handlerOf returns a GraphQL server over a simulated Census.
func handlerOf(census *sim.Census, by upstream.Options, now func() time.Time) http.Handler {
	return handlerWithin(0, census, by, now)
}

// handlerWithin is handlerOf with another timeout for operations. Under the race detector, a long
// history takes more than the default.
func handlerWithin(d time.Duration, census *sim.Census, by upstream.Options, now func() time.Time) http.Handler {
	by.BaseURL, by.Transport = cmp.Or(by.BaseURL, sim.Base()), census.Transport()
	client := upstream.New("canary", by)
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Timeout: d, Now: now, AppURL: "https://census.test", Limits: limits.Limits{Introspection: true}})
	if err != nil {
		panic(err)
	}
	return h
}

// A gqlError is an error of an answer.
type gqlError struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
}

// post sends a query to h and returns the answer, indented.
func post(t testing.TB, h http.Handler, query, variables string) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	var answer struct {
		Errors []gqlError      `json:"errors,omitempty"`
		Data   json.RawMessage `json:"data,omitempty"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("the answer is not JSON: %v: %s", err, w.Body)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(answer); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// Base URLs of the versions of the API, for tests of one version.
const (
	baseV1 = "http://census.test/api/v1"
	baseV2 = "http://census.test/api/v2"
)

// Each story is a query, its answer and its calls to Census, sorted. Census is the simulator at
// the time now, read by V1 or the version named in the story. It refuses the paths that the story
// forbids.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			story, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			part := func(name, otherwise string) string {
				i := slices.IndexFunc(story.Files, func(f txtar.File) bool { return f.Name == name })
				if i < 0 {
					return otherwise
				}
				return string(story.Files[i].Data)
			}
			h, census := serveBy(upstream.Options{BaseURL: "http://census.test/api/" + strings.TrimSpace(part("version", "v1"))}, sim.Options{})
			for _, path := range strings.Fields(part("forbidden", "")) {
				census.Inject(sim.Fault{Match: sim.Path(path), Do: sim.JSON(http.StatusForbidden, `{"status":403}`)})
			}
			answer := post(t, h, part("query", ""), part("variables", "{}"))
			calls := census.Calls()
			slices.Sort(calls)
			cost := strings.Join(append(calls, ""), "\n")
			if *update {
				story.Files = slices.DeleteFunc(story.Files, func(f txtar.File) bool { return f.Name == "answer" || f.Name == "census" })
				story.Files = append(story.Files, txtar.File{Name: "answer", Data: []byte(answer)}, txtar.File{Name: "census", Data: []byte(cost)})
				if err := os.WriteFile(file, txtar.Format(story), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := part("answer", ""); answer != want {
				t.Errorf("answer:\n%s\nwant:\n%s", answer, want)
			}
			if want := part("census", ""); cost != want {
				t.Errorf("census calls:\n%s\nwant:\n%s", cost, want)
			}
		})
	}
}
