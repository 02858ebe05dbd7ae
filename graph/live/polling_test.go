package live

import (
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// Watching 200 hourly syncs, with runs of three minutes, makes at most a fifth of the calls of
// reading each sync every 30 s.
func TestWatchingCostsAFifthOfPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const syncs, hours = 200, 1
		w := newWorkspace(0)
		for i := range syncs {
			w.ids = append(w.ids, w.AddSync(sim.Sync{Frequency: "hourly", Minute: i % 60, CreatedAt: time.Now().Add(-time.Hour)}))
		}
		f := (&Watchers{Calls: 6000}).Follow(w.client(5*time.Second), nil)
		for minute := range (1 + hours) * 60 {
			if minute == 60 { // each sync has had a run
				w.ResetCalls()
			}
			for i, id := range w.ids {
				if i%60 != minute%60 {
					continue
				}
				started := time.Now()
				run := w.AddRun(id, sim.Run{Status: "working", CreatedAt: started, UpdatedAt: started, ScheduledAt: started})
				time.AfterFunc(3*time.Minute, func() {
					w.UpdateRun(run, func(r *sim.Run) { r.Status, r.CompletedAt, r.UpdatedAt = "completed", time.Now(), time.Now() })
				})
			}
			time.Sleep(time.Minute)
		}
		made, polling := len(w.Calls()), syncs*hours*120
		f.Close()
		time.Sleep(time.Minute)
		t.Logf("%d calls in %d h, %.1f %% of polling", made, hours, 100*float64(made)/float64(polling))
		if made > polling/5 {
			t.Errorf("%d calls; polling makes %d", made, polling)
		}
	})
}
