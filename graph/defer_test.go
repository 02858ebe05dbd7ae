package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// The merged parts of a deferred answer equal the whole answer, with the same errors.
func TestDeferredPartsMakeTheAnswer(t *testing.T) {
	now := time.Date(2026, 1, 7, 20, 43, 9, 0, time.UTC)
	census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return now }})
	census.Inject(sim.Fault{Do: sim.JSON(500, "{}"), Match: func(r *http.Request) bool { return r.URL.Path == "/api/v1/syncs/74/sync_runs" }})
	client := upstream.New("token", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 64 << 20, Freshness: time.Hour})
	h, err := Handler(func(context.Context) *upstream.Client { return client }, Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	const accept = "multipart/mixed;deferSpec=20220824, application/json"
	const both = "{ ...@defer { latestRun { id } } ...@defer(label: \"x\") { runs { totalCount } } }"
	four := "{ a: sync(id: 52) " + both + " b: sync(id: 74) " + both + " }"
	if _, parts := deferredAnswer(t, h, accept, four); parts != 4 {
		t.Fatalf("%d parts, want four", parts)
	}
	rapid.Check(t, func(t *rapid.T) {
		q := deferGenerator{T: t}
		query := `query ($yes: Boolean! = true, $no: Boolean! = false, $y: String = "y") { ... @defer(if: $no, label: $y) { v: __typename @skip(if: $yes) } ` +
			q.selection("Query", 0)[1:] + strings.Join(q.fragments, "")
		whole, _ := deferredAnswer(t, h, "application/json", query)
		got, _ := deferredAnswer(t, h, accept, query)
		if whole.Data == nil {
			if code := whole.Errors[0].Extensions["code"]; code != errcodes.QueryTooExpensive && code != errcodes.ParseFailed {
				t.Fatalf("%s\n%v", query, whole.Errors)
			}
			return // too long
		}
		if !reflect.DeepEqual(got, whole) {
			t.Fatalf("%s\nin parts: %v\nwhole:    %v", query, got, whole)
		}
	})
}

// deferrable lists types with the fields that may be selected here, and the types of these
// fields.
var deferrable = map[string][]string{
	"Query": {"a: sync(id: 52) -> Sync", "b: sync(id: 74) -> Sync", "c: sync(id: 999999) -> Sync", `d: node(id: "Sync:60") -> Node`, `e: nodes(ids: ["SyncRun:9", "Sync:52"]) -> Node`, "f: syncs(ids: [52, 60, 74]) -> SyncConnection"},
	"Node":  {"__typename", "id"},
	"Sync":  {"__typename", "id", "label", "latestRun -> SyncRun", "latestRun -> SyncRun", "runs(first: 2) -> SyncRunConnection", "url", "bad: runs(first: -1) -> SyncRunConnection", "source -> SyncSource"},

	"SyncSource":        {"connectionName", "objectName"},
	"SyncConnection":    {"nodes -> Sync", "edges -> SyncEdge", "totalCount"},
	"SyncEdge":          {"cursor", "node -> Sync"},
	"SyncRunConnection": {"nodes -> SyncRun", "edges -> SyncRunEdge", "totalCount"},
	"SyncRunEdge":       {"cursor", "node -> SyncRun"},
	"SyncRun":           {"__typename", "id", "status", "url", "sync -> Sync", "sync -> Sync"},
}

var deferDirectives = []string{"", "@defer", "@defer", `@defer(label: "x")`, `@defer(label: "x")`, `@defer(label: "z", if: $yes)`, "@defer(label: $y)", "@defer(if: $no)"}

// A deferGenerator draws documents with many @defer.
type deferGenerator struct {
	*rapid.T
	fragments []string
}

func (q *deferGenerator) selection(name string, depth int) string {
	out := []string{"__typename"}
	for range rapid.IntRange(1, 3).Draw(q.T, "selections") {
		on := name
		if name == "Node" {
			on = rapid.SampledFrom([]string{"Node", "Sync", "SyncRun"}).Draw(q.T, "type")
		}
		kind := rapid.IntRange(0, 5).Draw(q.T, "kind")
		directive := rapid.SampledFrom(deferDirectives).Draw(q.T, "directive")
		switch {
		case depth < 6 && kind == 0:
			out = append(out, "... on "+on+directive+q.selection(on, depth+1))
		case depth < 6 && kind == 1:
			n := len(q.fragments)
			q.fragments = append(q.fragments, "")
			q.fragments[n] = fmt.Sprintf(" fragment f%d on %s%s", n, on, q.selection(on, depth+1))
			out = append(out, fmt.Sprintf("...f%d %s ...f%d", n, directive, n))
		default:
			field, of, object := strings.Cut(rapid.SampledFrom(deferrable[name]).Draw(q.T, "field"), " -> ")
			if object && depth > 6 {
				continue
			}
			if object {
				field += q.selection(of, depth+1)
			}
			out = append(out, field)
		}
	}
	return "{" + strings.Join(out, " ") + "}"
}

// A deferredPart is an answer, or a part of one.
type deferredPart struct {
	Data        any
	Path        []any
	Errors      []deferredError
	Incremental []deferredPart
	HasNext     *bool
}

type deferredError struct {
	Message    string
	Path       []any
	Extensions map[string]any
}

// deferredAnswer returns the merged answer of h with its errors sorted, and the number of parts
// after the first.
func deferredAnswer(t rapid.TB, h http.Handler, accept, query string) (all deferredPart, parts int) {
	body, _ := json.Marshal(map[string]any{"query": query, "variables": map[string]any{"yes": true, "no": false}})
	r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	texts := []string{w.Body.String()}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "multipart/mixed") {
		texts = strings.Split(w.Body.String(), "\r\n---")
		texts = texts[1 : len(texts)-1]
	}
	for i, text := range texts {
		var p deferredPart
		if err := json.Unmarshal([]byte(text[strings.Index(text, "{"):]), &p); err != nil {
			t.Fatalf("%s\n%v: %s", query, err, text)
		}
		if last := i == len(texts)-1; p.HasNext != nil && *p.HasNext == last {
			t.Fatalf("%s\nhasNext is wrong: %s", query, texts)
		}
		if i == 0 {
			all.Data = p.Data
		}
		all.Errors = append(all.Errors, p.Errors...)
		for _, part := range p.Incremental {
			all.Errors, parts = append(all.Errors, part.Errors...), parts+1
			at := all.Data
			for _, element := range part.Path {
				if n, ok := element.(float64); ok {
					at = at.([]any)[int(n)]
				} else {
					at = at.(map[string]any)[element.(string)]
				}
			}
			mergeParts(at, part.Data)
		}
	}
	slices.SortFunc(all.Errors, func(a, b deferredError) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all, parts
}

// mergeParts merges two values of the same place in different parts.
func mergeParts(into, from any) {
	switch from := from.(type) {
	case map[string]any:
		into := into.(map[string]any)
		for key, value := range from {
			if known, ok := into[key]; ok && known != nil {
				mergeParts(known, value)
			} else {
				into[key] = value
			}
		}
	case []any:
		for i := range from {
			mergeParts(into.([]any)[i], from[i])
		}
	}
}
