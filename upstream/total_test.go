package upstream

import (
	"testing"

	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A total that omits rows on the page shows nothing about the end of the list. The rows below
// are searched for, as without a total.
func TestTotalBelowRows(t *testing.T) {
	for _, told := range []string{"0", "1", "99"} {
		census, client := newCensus(sim.Options{})
		id := addSyncWithRuns(census, 450)
		census.Inject(sim.Fault{Do: sim.Field("total_records", told)})
		answers, err := client.Runs(t.Context(), id, paging.Window{Limit: 430})
		if err != nil {
			t.Errorf("total %s: %v", told, err)
			continue
		}
		if s := answers[0]; len(s.Rows) != 430 || s.Total != 450 || !s.More {
			t.Errorf("total %s: %d rows of %d, more %t; want 430 of 450", told, len(s.Rows), s.Total, s.More)
		}
	}
}
