package graph_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Each story of V1 has the same answer on V2, except for data that differs in V2, and costs no
// more calls.
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
		if part["version"] != "" || strings.HasPrefix(filepath.Base(file), "groups-on-v1") {
			continue
		}
		h, census := serveBy(upstream.Options{BaseURL: baseV2}, sim.Options{})
		for _, path := range strings.Fields(strings.ReplaceAll(part["forbidden"], "/destinations", "/activations")) {
			census.Inject(sim.Fault{Match: sim.Path(path), Do: sim.JSON(http.StatusForbidden, `{"status":403}`)})
		}
		answer := post(t, h, part["query"], part["variables"])
		if v1, v2 := strings.Count(part["census"], "GET "), len(census.Calls()); v2 > v1 {
			t.Errorf("%s: %d calls on V2, %d on V1: %q", file, v2, v1, census.Calls())
		}
		if strings.Contains(part["query"], "groups(by: DESTINATION,") {
			continue // each source of a destination is a separate activation
		}
		if diff := cmp.Diff(commonData(t, part["answer"]), commonData(t, answer)); diff != "" {
			t.Errorf("%s (-V1 +V2):\n%s", file, diff)
		}
	}
}

// commonData returns an answer without data that differs between V1 and V2. Destinations are
// activations, sources have no labels, and so lists have other names in messages. The presence of
// values is still compared.
func commonData(t *testing.T, answer string) any {
	t.Helper()
	var all any
	if err := json.Unmarshal([]byte(answer), &all); err != nil {
		t.Fatal(err)
	}
	var walk func(v any, end bool) any
	walk = func(v any, end bool) any {
		switch v := v.(type) {
		case []any:
			for i := range v {
				v[i] = walk(v[i], end)
			}
		case map[string]any:
			delete(v, "connectionId")
			delete(v, "activationId")
			for key := range v {
				v[key] = walk(v[key], end || key == "source" || key == "destination" || key == "message")
			}
		case string:
			if end {
				return "present"
			}
		}
		return v
	}
	return walk(all, false)
}
