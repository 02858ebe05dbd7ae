package graph_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// A hundred runs write themselves (selfWriting), as long as nothing that the
// handler uses wants to see each of their fields: generated execution takes ten
// allocations for each.
func TestRunsWriteThemselves(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	id := census.AddSync(sim.Sync{})
	for range 100 {
		census.AddRun(id, sim.Run{})
	}
	allocations := func(fields string) float64 {
		body := `{"query": "{ sync(id: 1) { runs(first: 100) { nodes { ` + strings.Join(strings.Fields(fields), " ") + ` } } } }"}`
		return testing.AllocsPerRun(5, func() {
			r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			h.ServeHTTP(httptest.NewRecorder(), r)
		})
	}
	one, all := allocations("id"), allocations(everyField+" url")
	if more := all - one; more > 1000 {
		t.Errorf("%.0f allocations for the ids of a hundred runs and %.0f more for all their fields", one, more)
	}
}
