package graph_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// If a call to Census takes longer than calls wait for a place, failed fields use up the rest of
// the operation's time, but no more.
func TestSlowCensusAnswersTheRest(t *testing.T) {
	const runs = `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { latestRun { id } } } }`
	listing := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/syncs") }
	single := func(r *http.Request) bool { return !listing(r) }
	slow := sim.Delay(1200 * time.Millisecond)
	for _, tt := range []struct {
		name   string
		ids    int
		query  string
		faults []sim.Fault
		want   map[string]int
	}{
		{"one sync fails at once", 150, runs, []sim.Fault{{Match: sim.Path("/syncs/7/sync_runs"), Do: sim.HTML(500)}, {Do: slow}}, map[string]int{"UPSTREAM_UNAVAILABLE": 1}},
		{"one sync fails as slowly", 150, runs, []sim.Fault{{Match: sim.Path("/syncs/7/sync_runs"), Do: sim.Chain(slow, sim.HTML(500))}, {Do: slow}}, map[string]int{"UPSTREAM_UNAVAILABLE": 1}},
		{"the list fails", 120, `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { label } } }`, []sim.Fault{{Match: listing, Do: sim.HTML(500)}, {Match: single, Do: slow}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, census := serve(sim.Options{Empty: true})
				addSyncs(census, tt.ids)
				for _, f := range tt.faults {
					census.Inject(f)
				}
				answer := post(t, h, tt.query, `{"ids": `+newestSyncIDs(census, tt.ids)+`}`)
				if got := codes(answer); fmt.Sprint(got) != fmt.Sprint(tt.want) {
					t.Errorf("errors %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// codes counts the errors of an answer by code.
func codes(answer string) map[string]int {
	n := map[string]int{}
	for _, line := range strings.Split(answer, "\n") {
		if _, code, ok := strings.Cut(line, `"code": "`); ok {
			n[strings.TrimRight(code, `",`)]++
		}
	}
	return n
}

// Single runs are read from one endpoint, which leaves some places to others. The gateway
// requests only as many at once as there are places, so none waits in vain.
func TestSlowCensusAnswersManyRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serve(sim.Options{Empty: true, Now: time.Now})
		id := census.AddSync(sim.Sync{})
		var runs []string
		for range 100 {
			runs = append(runs, fmt.Sprintf(`"SyncRun:%d"`, census.AddRun(id, sim.Run{})))
		}
		census.Inject(sim.Fault{Do: sim.Delay(1200 * time.Millisecond)})
		answer := post(t, h, `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on SyncRun { status } } }`, `{"ids": [`+strings.Join(runs, ",")+`]}`)
		if n := strings.Count(answer, `"status": `); n != 100 || strings.Contains(answer, "errors") {
			t.Errorf("%d of 100 runs: %v", n, codes(answer))
		}
	})
}
