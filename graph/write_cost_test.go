package graph_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
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

// The memory of an answer goes to the next one when it has been written, and
// never before.
func TestAnswersAtOnceAreNotMixed(t *testing.T) {
	h, _ := serve(sim.Options{Seed: 1})
	ask := func(id int) string {
		body := fmt.Sprintf(`{"query": "{ sync(id: %d) { id label runs(first: %d) { nodes { %s } } latestRun { id outcome } } }"}`, id, id%40, strings.Join(strings.Fields(everyField), " "))
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Body.String()
	}
	want := map[int]string{}
	for id := 52; id < 62; id++ {
		want[id] = ask(id)
	}
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 100 {
				id := 52 + (i*7+n)%10
				if got := ask(id); got != want[id] {
					t.Errorf("sync %d: %.300s, want %.300s", id, got, want[id])
					return
				}
			}
		})
	}
	wg.Wait()
}
