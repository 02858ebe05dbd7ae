package graph_test

import (
	"context"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// No story costs more calls on V2 than on V1, and each has as many errors.
func TestStoriesOnV2(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no stories", err)
	}
	for _, file := range files {
		story, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		part := map[string]string{"variables": "{}"}
		for _, f := range story.Files {
			part[f.Name] = string(f.Data)
		}
		census := sim.New(sim.Options{Now: func() time.Time { return now }})
		for _, path := range strings.Fields(strings.ReplaceAll(part["forbidden"], "/destinations", "/activations")) {
			census.Inject(sim.Fault{Match: sim.Path(path), Do: sim.JSON(http.StatusForbidden, `{"status":403}`)})
		}
		client := upstream.New("canary", upstream.Options{BaseURL: "http://census.test/api/v2", Transport: census.Transport()})
		h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Now: func() time.Time { return now }, AppURL: "https://census.test", Limits: limits.Limits{Introspection: true}})
		if err != nil {
			t.Fatal(err)
		}
		answer := post(t, h, part["query"], part["variables"])
		if v1, v2 := strings.Count(part["census"], "GET "), len(census.Calls()); v2 > v1 {
			t.Errorf("%s: %d calls on V2, %d on V1: %q", file, v2, v1, census.Calls())
		}
		if v1, v2 := strings.Count(part["answer"], `"code": "`), strings.Count(answer, `"code": "`); v2 != v1 {
			t.Errorf("%s: %d errors on V2, %d on V1: %s", file, v2, v1, answer)
		}
	}
}
