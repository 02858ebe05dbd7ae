package live

import (
	"context"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// A Glance is what a watcher knows at a moment. Nothing in it may be changed.
type Glance struct {
	Tried time.Time     // when the list of syncs was last asked for; zero: not yet
	Up    bool          // with an answer
	Fresh time.Time     // when anything was last asked for with an answer; zero: not yet
	Cycle time.Duration // how long ago the sync that waits longest was read; syncs that fail are left out
	Syncs []SyncGlance  // in no order
}

// A SyncGlance is what a watcher knows of a sync.
type SyncGlance struct {
	Record *census.Sync
	Read   bool             // its runs were asked for
	Failed bool             // the last time without an answer
	Runs   []census.SyncRun // the newest 25, the oldest first, as last read
	More   bool             // there are older ones
	Active *census.SyncRun  // the newest in progress; nil: none
	Last   *census.SyncRun  // the newest finished of Runs; nil: none
	Health *health.Health   // nil: its runs were not read yet
	Counts Counts
}

// Glance is what the watcher knows now. It makes no call.
func (w *Watcher) Glance() Glance {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := Glance{Tried: w.tried, Up: w.up, Fresh: w.fresh, Syncs: make([]SyncGlance, 0, len(w.syncs))}
	for _, y := range w.syncs {
		s := SyncGlance{Record: y.record, Read: y.failed > 0 || !y.asked.IsZero(), Failed: y.failed > 0,
			Runs: y.runs, More: y.more, Active: y.working(), Health: y.health, Counts: y.counts}
		for i := len(y.runs) - 1; i >= 0 && s.Last == nil; i-- {
			if finished(&y.runs[i]) {
				s.Last = &y.runs[i]
			}
		}
		switch {
		case s.Failed:
		case s.Read:
			g.Cycle = max(g.Cycle, time.Since(y.asked))
		default:
			g.Cycle = max(g.Cycle, time.Since(w.began))
		}
		g.Syncs = append(g.Syncs, s)
	}
	return g
}

// Ends reads the names of sources or destinations, within the budget.
func (w *Watcher) Ends(ctx context.Context, side upstream.Side) (*upstream.Ends, error) {
	return w.client.Anew(time.Now(), w.budget.take).Ends(ctx, side)
}
