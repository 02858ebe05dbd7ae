package e2e

import (
	"encoding/json"
	"testing"

	"census-gateway/upstream/sim"
)

// The gateway answers from a Census with small differences: smaller pages, wrong totals, or pages
// of syncs that do not come in time.
func TestCensusVariants(t *testing.T) {
	t.Parallel()
	for name, opt := range map[string]sim.Options{
		"smaller pages": {MaxPerPage: 30}, "a total that is too large": {TotalOff: 7}, "a total that is too small": {TotalOff: -7}, "heavy syncs": {HeavySyncs: 12},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCensus(t, opt)
			a := start(t, c.settings()...).query(t, `{ syncs(first: 300) { nodes { id label } } sync(id: 52) { runs(first: 450) { nodes { id } pageInfo { hasNextPage } } } }`, nil)
			a.answered(t)
			var data struct {
				Syncs struct{ Nodes []struct{ ID string } }
				Sync  struct {
					Runs struct{ Nodes []struct{ ID string } }
				}
			}
			if err := json.Unmarshal(a.Data, &data); err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for _, r := range data.Sync.Runs.Nodes {
				seen[r.ID] = true
			}
			if n := len(c.Syncs()); len(data.Syncs.Nodes) != min(n, 300) || len(seen) != 450 || len(data.Sync.Runs.Nodes) != 450 {
				t.Errorf("%d syncs of %d, %d runs", len(data.Syncs.Nodes), n, len(seen))
			}
		})
	}
}
