package graph

import (
	"context"
	"math"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// The run in progress of a sync and its typical run, from the newest runs, which its health
// reads too.

const (
	fewestTypical = 3 // runs for Sync.typicalRun to sum up
	mostTypical   = 100
)

// inProgress passes runs in progress, and reports behind which run no run is in progress.
var inProgress = stats.Filter{Outcomes: []census.SyncRunOutcome{census.OutcomeInProgress}}

// activeRunOf is the newest run of a sync that is in progress; nil if none is seen.
func activeRunOf(ctx context.Context, id census.SyncID) exec.Later[*census.SyncRun] {
	return exec.After(loadersOf(ctx).slices.ask(stretch{sync: id, window: judged}), func(slice paging.Slice[census.SyncRun]) (*census.SyncRun, error) {
		return activeOf(slice.Rows), nil
	})
}

// activeOf is the newest of runs, which stand oldest first, that is in progress; nil if none is.
func activeOf(runs []census.SyncRun) *census.SyncRun {
	for i := len(runs) - 1; i >= 0; i-- {
		switch run := &runs[i]; {
		case inProgress.Match(run):
			return run
		case inProgress.Ends(run):
			return nil
		}
	}
	return nil
}

// typicalRunOf is what is usual for the last finished runs of a kind; nil if they are too few.
func typicalRunOf(ctx context.Context, id census.SyncID, last int, full bool) exec.Later[*stats.Typical] {
	if last < fewestTypical || last > mostTypical {
		return exec.Value[*stats.Typical](nil, badInput("last must be from %d to %d, got %d", fewestTypical, mostTypical, last))
	}
	window := paging.Window{Limit: max(last, judged.Limit)}
	return exec.After(loadersOf(ctx).slices.ask(stretch{sync: id, window: window}), func(slice paging.Slice[census.SyncRun]) (*stats.Typical, error) {
		return stats.TypicalOf(slice.Rows, last, full), nil
	})
}

// expectedDuration is how many seconds a run may be expected to take; nil if too few runs
// before it are seen.
func expectedDuration(ctx context.Context, run *census.SyncRun) exec.Later[*float64] {
	return exec.After(loadersOf(ctx).slices.ask(stretch{sync: run.SyncID, window: judged}), func(slice paging.Slice[census.SyncRun]) (*float64, error) {
		return stats.Expected(run, slice.Rows), nil
	})
}

// expectedCompletion is when a run in progress may be expected to end.
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
