package graph

import (
	"context"
	"math"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// The active run and the typical run of a sync come from the runs that its health reads, too.

const (
	minTypical = 3 // minimum of Sync.typicalRun
	maxTypical = 100
)

// onlyInProgress passes only runs in progress. Its StopsAt finds the run before which no run is in
// progress.
var onlyInProgress = stats.Filter{Outcomes: []census.SyncRunOutcome{census.OutcomeInProgress}}

// latestRunOf returns the newest run of a sync; nil if it has none.
func latestRunOf(ctx context.Context, id census.SyncID) exec.Later[*census.SyncRun] {
	return exec.After(loadersOf(ctx).runWindows.load(runWindow{sync: id, window: latestWindow}), func(slice paging.Slice[census.SyncRun]) (*census.SyncRun, error) {
		if len(slice.Rows) == 0 {
			return nil, nil
		}
		return &slice.Rows[0], nil
	})
}

// activeRunOf returns the newest run of a sync that is in progress; nil if none is seen.
func activeRunOf(ctx context.Context, id census.SyncID) exec.Later[*census.SyncRun] {
	return exec.After(loadersOf(ctx).runWindows.load(runWindow{sync: id, window: healthWindow}), func(slice paging.Slice[census.SyncRun]) (*census.SyncRun, error) {
		return activeRun(slice.Rows), nil
	})
}

// activeRun returns the newest run in progress of runs, which must be oldest first; nil if
// no run is in progress.
func activeRun(runs []census.SyncRun) *census.SyncRun {
	for i := len(runs) - 1; i >= 0; i-- {
		switch run := &runs[i]; {
		case onlyInProgress.Match(run):
			return run
		case onlyInProgress.StopsAt(run):
			return nil
		}
	}
	return nil
}

// typicalRunOf returns typical values of the last finished runs of a kind; nil if there are too
// few.
func typicalRunOf(ctx context.Context, id census.SyncID, last int, full bool) exec.Later[*stats.Typical] {
	if last < minTypical || last > maxTypical {
		return exec.Value[*stats.Typical](nil, badInput("last must be from %d to %d, got %d", minTypical, maxTypical, last))
	}
	window := paging.Window{Limit: max(last, healthWindow.Limit)}
	return exec.After(loadersOf(ctx).runWindows.load(runWindow{sync: id, window: window}), func(slice paging.Slice[census.SyncRun]) (*stats.Typical, error) {
		return stats.TypicalOf(slice.Rows, last, full), nil
	})
}

// expectedDuration returns the expected duration of a run in seconds; nil if too few runs before
// it are seen.
func expectedDuration(ctx context.Context, run *census.SyncRun) exec.Later[*float64] {
	return exec.After(loadersOf(ctx).runWindows.load(runWindow{sync: run.SyncID, window: healthWindow}), func(slice paging.Slice[census.SyncRun]) (*float64, error) {
		return stats.Expected(run, slice.Rows), nil
	})
}

// expectedCompletion returns the expected end of a run; nil unless it is in progress.
func expectedCompletion(ctx context.Context, run *census.SyncRun) exec.Later[*census.DateTime] {
	if run.Outcome() != census.OutcomeInProgress {
		return exec.Value[*census.DateTime](nil, nil)
	}
	return exec.Map(expectedDuration(ctx, run), func(seconds *float64, err error) (*census.DateTime, error) {
		if seconds == nil {
			return nil, err
		}
		at := run.CreatedAt + census.DateTime(math.Round(*seconds*1000))
		return &at, nil
	})
}
