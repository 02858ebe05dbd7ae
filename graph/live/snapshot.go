package live

import (
	"context"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// A Snapshot is the state of a watcher at one moment. It must not be modified.
type Snapshot struct {
	Tried time.Time      // when the list of syncs was last requested; zero: never
	Up    bool           // that request succeeded
	Fresh time.Time      // when the last successful request was sent; zero: never
	Cycle time.Duration  // time since the read of the least recently read sync; failing syncs are excluded
	Syncs []SyncSnapshot // unordered
}

// A SyncSnapshot is the state of one sync.
type SyncSnapshot struct {
	Record *census.Sync
	Read   bool             // its runs were requested at least once
	Failed bool             // the last request failed
	Runs   []census.SyncRun // the newest 25 as last read, oldest first
	More   bool             // older runs exist
	Active *census.SyncRun  // the newest run in progress; nil: none
	Last   *census.SyncRun  // the newest finished run in Runs; nil: none
	Health *health.Health   // nil: its runs were not read yet
	Counts Counts
}

// Snapshot returns the current state of the watcher. It makes no call.
func (w *Watcher) Snapshot() Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := Snapshot{Tried: w.listTried, Up: w.listOK, Fresh: w.lastAnswer, Syncs: make([]SyncSnapshot, 0, len(w.syncs))}
	for _, s := range w.syncs {
		snapshot := SyncSnapshot{Record: s.record, Read: s.failedReads > 0 || !s.requested.IsZero(), Failed: s.failedReads > 0,
			Runs: s.runs, More: s.more, Active: s.inProgress(), Health: s.health, Counts: s.counts}
		for i := len(s.runs) - 1; i >= 0 && snapshot.Last == nil; i-- {
			if isFinished(&s.runs[i]) {
				snapshot.Last = &s.runs[i]
			}
		}
		switch {
		case snapshot.Failed:
		case snapshot.Read:
			g.Cycle = max(g.Cycle, time.Since(s.requested))
		default:
			g.Cycle = max(g.Cycle, time.Since(w.began))
		}
		g.Syncs = append(g.Syncs, snapshot)
	}
	return g
}

// Ends reads the names of sources or destinations. Its calls are within the budget.
func (w *Watcher) Ends(ctx context.Context, side upstream.Side) (*upstream.Ends, error) {
	return w.client.FreshSince(time.Now(), w.budget.take).Ends(ctx, side)
}
