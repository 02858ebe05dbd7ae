package graph

import (
	"context"
	"time"

	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// healthOf returns the health of s, as of the time when Census sent its runs.
func healthOf(ctx context.Context, s *Sync) exec.Later[*health.Health] {
	return exec.Map(healthResultOf(ctx, s), func(r healthResult, _ error) (*health.Health, error) { return r.health, r.err })
}

// healthResultOf returns the health of s, or the error of finding it. It reuses an earlier result.
func healthResultOf(ctx context.Context, s *Sync) exec.Later[healthResult] {
	if s.healthResult != nil {
		return exec.Value(*s.healthResult, nil)
	}
	return exec.Map(healthInputOf(ctx, s), func(e healthInput, err error) (healthResult, error) { return newHealthResult(s, e, err), nil })
}

// newHealthResult returns the health of s from e, or the error of reading e.
func newHealthResult(s *Sync, e healthInput, err error) healthResult {
	if err != nil {
		return healthResult{err: err}
	}
	h := health.Of(s.record, e.runs, e.more, e.now)
	return healthResult{health: &h, active: activeRun(e.rows) != nil}
}

// A healthInput holds the data that decides a sync's health, besides its record.
type healthInput struct {
	rows []census.SyncRun // the newest, oldest first
	runs []census.SyncRun // the same, newest first
	more bool             // there are older ones
	now  time.Time
}

// healthInputOf reads the input for the health of s. An answer made from it depends on the time of
// day.
func healthInputOf(ctx context.Context, s *Sync) exec.Later[healthInput] {
	notes.Of(ctx).DependsOnTime()
	l := loadersOf(ctx)
	got := s.requestRecord(ctx)
	runs := l.runWindows.load(runWindow{sync: s.ID, window: healthWindow})
	return exec.Then(func() exec.Later[healthInput] {
		got()
		return exec.Value(l.healthInput(s, runs))
	})
}

// healthInput returns the input for the health of s, or the error of reading it.
func (l *loaders) healthInput(s *Sync, runs *loadedValue[runWindow, paging.Slice[census.SyncRun]]) (healthInput, error) {
	if s.record == nil {
		return healthInput{}, s.err
	}
	slice, err := runs.Get()
	if err != nil {
		return healthInput{}, err
	}
	e := healthInput{rows: slice.Rows, runs: make([]census.SyncRun, len(slice.Rows)), more: slice.First > 0, now: l.now}
	for i, run := range slice.Rows {
		e.runs[len(e.runs)-1-i] = run
	}
	if slice.Stale { // newer runs are missing, which must not count as late
		e.now = e.now.Add(-l.startedAt.Sub(slice.AsOf))
	}
	return e, nil
}

// evaluateHealth finds the health of syncs and stores the result in each.
func evaluateHealth(ctx context.Context, syncs []*Sync) exec.Later[[]healthResult] {
	evaluated := exec.All(len(syncs), func(i int) exec.Later[healthResult] { return healthResultOf(ctx, syncs[i]) }, func(r healthResult, _ error) healthResult { return r })
	return exec.Map(evaluated, func(results []healthResult, _ error) ([]healthResult, error) {
		for i := range results {
			if syncs[i].healthResult == nil {
				syncs[i].healthResult = &results[i]
				loadersOf(ctx).primeLatestRun(syncs[i].ID)
			}
		}
		return results, nil
	})
}

// primeLatestRun lets the loader know the newest run of a sync, from the runs read for its health.
// Queries often select both.
func (l *loaders) primeLatestRun(id census.SyncID) {
	slice, err := l.runWindows.load(runWindow{sync: id, window: healthWindow}).Get()
	if err != nil {
		return
	}
	slice.Rows, slice.First = slice.Rows[max(len(slice.Rows)-1, 0):], max(slice.End()-1, 0)
	slice.More = slice.First > 0
	l.runWindows.prime(runWindow{sync: id, window: latestWindow}, slice)
}
