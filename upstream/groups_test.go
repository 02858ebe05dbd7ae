package upstream

import (
	"slices"
	"testing"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// Records of a group that is not served, or of an unknown group, appear missing. While groups
// cannot be read, nothing is served.
func TestServedGroups(t *testing.T) {
	for _, naming := range sim.Namings {
		for _, keep := range []int64{0, 1 << 20} {
			server := sim.New(sim.Options{Empty: true, V2: sim.V2{Naming: naming}})
			for id, source := range []int64{11, 15, 9} { // of two groups, and of a source that does not exist
				server.AddSync(sim.Sync{ID: int64(id + 1), SourceID: source})
				server.AddRun(int64(id+1), sim.Run{})
			}
			client := New("", Options{BaseURL: baseV2, Transport: server.Transport(), PageCache: keep, Freshness: time.Hour, Groups: []string{"wandering_aimlessly"}}).WithToken("another")
			ask := func(id census.SyncID) (errs []error) {
				_, err := client.Runs(t.Context(), id, paging.Window{Limit: 1})
				_, err2 := client.Sync(t.Context(), id)
				_, err3 := client.Run(t.Context(), census.SyncRunID(server.Runs(int64(id))[0].ID))
				_, err4 := client.ScanRuns(t.Context(), id, paging.Window{Limit: 1}, func() bool { return true }, func(paging.Slice[census.SyncRun]) bool { return true })
				return []error{err, err2, err3, err4, client.SyncsByID(t.Context(), []census.SyncID{id})[id].Err}
			}
			heal := server.Inject(sim.Fault{Match: sim.Path("/sources"), Do: sim.HTML(501)})
			if _, err := client.AllSyncs(t.Context()); !calls.IsKind(err, calls.Unavailable) {
				t.Errorf("served without groups: %v", err)
			}
			for _, err := range ask(1) {
				checkVerdict(t, err, "unavailable")
			}
			heal()
			for id, want := range map[census.SyncID]string{1: "ok", 2: "not_found", 3: "not_found"} {
				for _, err := range ask(id) {
					checkVerdict(t, err, want)
				}
				if _, kept := client.CachedSync(t.Context(), id); kept && want != "ok" {
					t.Errorf("sync %d is kept for all", id)
				}
				if _, kept := client.CachedRuns(t.Context(), id, paging.Window{Limit: 1}); kept && want != "ok" {
					t.Errorf("runs of sync %d are kept for all", id)
				}
			}
			all, err := client.AllSyncs(t.Context())
			if err != nil || !slices.Equal(idsOf(all), []census.SyncID{1}) {
				t.Errorf("%v, %v", idsOf(all), err)
			}
			page, err := client.Syncs(t.Context(), paging.Window{Limit: 5})
			if err != nil || page[0].Total != 1 || len(page[0].Rows) != 1 {
				t.Errorf("%+v, %v", page, err)
			}
		}
	}
}
