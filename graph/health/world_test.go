package health

import (
	"context"
	"slices"
	"testing"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// workspace reads the simulator's workspace at a moment, with the newest n runs of each sync, and
// returns the health of its syncs.
func workspace(t *testing.T, now time.Time, n int) map[census.SyncID]Health {
	t.Helper()
	server := sim.New(sim.Options{Now: func() time.Time { return now }})
	client := upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: server.Transport()})
	syncs, err := client.AllSyncs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	states := map[census.SyncID]Health{}
	for i := range syncs {
		answer, err := client.Runs(context.Background(), syncs[i].ID, paging.Window{Limit: n})
		if err != nil {
			t.Fatal(err)
		}
		runs := slices.Clone(answer[0].Rows)
		slices.Reverse(runs)
		states[syncs[i].ID] = Of(&syncs[i], runs, answer[0].More, now)
	}
	return states
}

func TestBelievableWorkspace(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 23, 45, 678e6, time.UTC)
	for _, n := range []int{25, 100} {
		states := workspace(t, now, n)
		for id, want := range map[census.SyncID]State{
			42: Stuck, 46: Paused, 58: Late, 61: Late, 60: Failing, 88: NeverRan,
		} {
			if h := states[id]; h.State != want {
				t.Errorf("of %d runs: sync %d is %s, want %s: %s", n, id, h.State, want, h.Reason)
			}
			delete(states, id)
		}
		good := 0
		for id, h := range states {
			switch h.State {
			case Healthy:
				good++
			case Degraded:
			default:
				t.Errorf("of %d runs: sync %d is %s: %s", n, id, h.State, h.Reason)
			}
		}
		if good < 30 {
			t.Errorf("of %d runs: only %d syncs are healthy", n, good)
		}
	}
}

// The health of the incidents in the believable workspace.
func TestIncidentsInWords(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 23, 45, 678e6, time.UTC)
	states := workspace(t, now, 25)
	for id, want := range map[census.SyncID]string{
		42: "The last 25 runs were skipped, for at least 24 hours, behind a run that is further back.",
		46: "The sync is paused; the last success was 12 days ago.",
		58: "The execution due at 2026-03-04 03:27 UTC has not begun, 8 hours later; the schedule is hourly.",
		60: "The last 5 finished runs failed (DESTINATION_AUTH_EXPIRED); the last success was 5 days ago.",
		61: "The execution due at 2026-03-02 04:00 UTC has not begun, 2 days later; the schedule is daily.",
		88: "The sync has never run.",
	} {
		if got := states[id].Reason; got != want {
			t.Errorf("sync %d: %q, want %q", id, got, want)
		}
	}
	if h := states[60]; h.ConsecutiveFailures != 5 || h.Since == 0 || h.FreshnessSeconds == nil || *h.FreshnessSeconds < 5*86400 {
		t.Errorf("sync 60: %+v", h)
	}
	if h := states[58]; h.LateBySeconds == nil || *h.LateBySeconds < 8*3600 || h.Since.Time().Minute() != 27 {
		t.Errorf("sync 58: %+v", h)
	}
	if h := states[88]; h.LastSuccessAt != 0 || h.FreshnessSeconds != nil || h.LateBySeconds != nil {
		t.Errorf("sync 88: %+v", h)
	}
}
