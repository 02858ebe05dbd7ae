package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"census-gateway/upstream/sim"
)

// A timeline reads each sync in steps. If runs are created or removed between two steps, the
// total still equals that of the list shown.
func TestTimelineTotal(t *testing.T) {
	for name, between := range map[string]func(*sim.Census, int64){
		"old runs go":   func(c *sim.Census, id int64) { c.Prune(id, 5) },
		"new runs come": func(c *sim.Census, id int64) { c.AddRun(id, sim.Run{}) },
	} {
		for _, direction := range []string{"DESC", "ASC"} {
			t.Run(name+" "+direction, func(t *testing.T) {
				h, census := serve(sim.Options{Empty: true})
				id := census.AddSync(sim.Sync{})
				for range 40 {
					census.AddRun(id, sim.Run{CreatedAt: now.Add(-1e10)})
				}
				var calls atomic.Int32
				census.OnCall(func(*http.Request) {
					if calls.Add(1) == 2 {
						between(census, id)
					}
				})
				text := post(t, h, fmt.Sprintf(`{ syncRuns(syncIds: [%d], first: 100, orderBy: {direction: %s}) { totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } } }`, id, direction), `{}`)
				var answer struct {
					Data struct {
						SyncRuns struct {
							TotalCount int
							Nodes      []struct{}
							PageInfo   struct{ HasNextPage, HasPreviousPage bool }
						}
					}
				}
				if err := json.NewDecoder(strings.NewReader(text)).Decode(&answer); err != nil {
					t.Fatal(err)
				}
				list := answer.Data.SyncRuns
				if more := list.PageInfo.HasNextPage || list.PageInfo.HasPreviousPage; list.TotalCount != len(list.Nodes) || more || calls.Load() < 2 {
					t.Errorf("%d runs of %d, more: %t, in %d calls", len(list.Nodes), list.TotalCount, more, calls.Load())
				}
			})
		}
	}
}
