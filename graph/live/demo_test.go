package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// In the demo workspace, a scheduled run is seen within seconds, and watching all syncs takes a
// fifth of the calls of reading each sync every 30 s.
func TestDemoSyncsAreReadBySchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &workspace{Census: sim.New(sim.Options{Seed: 1})}
		f := (&Watchers{Calls: 120}).Follow(w.client(5*time.Second), nil)
		const hours = 2
		ctx, cancel := context.WithTimeout(context.Background(), hours*time.Hour)
		defer cancel()
		began, scheduled := time.Now(), 0
		delivered := make(map[census.SyncRunID]bool)
		for {
			c, _, err := f.NextRun(ctx)
			if err != nil {
				break
			}
			if delivered[c.Run.ID] || c.Run.ScheduledExecutionTime == 0 || time.Since(began) < 2*time.Minute {
				delivered[c.Run.ID] = true
				continue
			}
			delivered[c.Run.ID] = true
			scheduled++
			if delay := time.Since(c.Run.CreatedAt.Time()); delay > activeEvery+2*time.Second {
				t.Errorf("run %d of sync %d, created at %s, was seen %s later", c.Run.ID, c.Run.SyncID, c.Run.CreatedAt, delay)
			}
		}
		f.Close()
		calls := len(w.Calls())
		if polling := hours * 120 * len(w.Syncs()); scheduled < 40 || calls > polling/5 {
			t.Errorf("%d calls, %d runs seen; polling takes %d", calls, scheduled, polling)
		}
		t.Logf("%d calls a day, %d runs seen", calls*24/hours, scheduled)
		time.Sleep(time.Minute)
	})
}
