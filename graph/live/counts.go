package live

import (
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// Outcomes are the outcomes of runs that have ended.
var Outcomes = [...]census.SyncRunOutcome{census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed,
	census.OutcomeSkipped, census.OutcomeCanceled, census.OutcomeUnknown}

// Counts are totals over the runs of a sync that ended since the watcher began. Dry runs are
// excluded.
type Counts struct {
	Runs          [len(Outcomes)]int64 // per outcome, as it was when the end was first seen
	Full          int64                // full syncs, except skipped ones
	Timed         int64                // finished runs with both a start and an end
	TotalDuration time.Duration        // total duration of those
	Processed     int64                // sums of records
	Updated       int64
	Failed        int64
	Invalid       int64
}

// add counts the changes. It skips a run that was unknown before and ended at or before since.
func (c *Counts) add(changes []Change, since time.Time) {
	for _, change := range changes {
		run, before := change.Run, change.Before
		switch {
		case run.DryRun() || !hasEnded(run):
			continue
		case before == nil && !endTime(run).After(since):
			continue
		case before == nil || !hasEnded(before):
			before = new(census.SyncRun) // an empty run
			c.end(run)
		}
		addIncrease := func(sum *int64, now, earlier census.Count) { *sum += max(now.N-max(earlier.N, 0), 0) }
		addIncrease(&c.Processed, run.RecordsProcessed, before.RecordsProcessed)
		addIncrease(&c.Updated, run.RecordsUpdated, before.RecordsUpdated)
		addIncrease(&c.Failed, run.RecordsFailed, before.RecordsFailed)
		addIncrease(&c.Invalid, run.Invalids(), before.Invalids())
	}
}

func (c *Counts) end(run *census.SyncRun) {
	outcome := run.Outcome()
	c.Runs[slices.Index(Outcomes[:], outcome)]++
	if run.FullSync && outcome != census.OutcomeSkipped {
		c.Full++
	}
	if isFinished(run) && run.CompletedAt >= run.CreatedAt {
		c.Timed++
		c.TotalDuration += run.CompletedAt.Sub(run.CreatedAt)
	}
}

// hasEnded reports whether the run has ended. A run with an unknown status has ended once it has a
// completion time.
func hasEnded(run *census.SyncRun) bool {
	switch run.Outcome() {
	case census.OutcomeInProgress:
		return false
	case census.OutcomeUnknown:
		return run.CompletedAt != 0
	}
	return true
}

// endTime returns when an ended run ended; its last update if Census does not send the end.
func endTime(run *census.SyncRun) time.Time {
	if run.CompletedAt != 0 {
		return run.CompletedAt.Time()
	}
	return run.UpdatedAt.Time()
}

// isFinished reports whether the run succeeded, wholly or partly, or failed.
func isFinished(run *census.SyncRun) bool {
	switch run.Outcome() {
	case census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed:
		return !run.DryRun()
	}
	return false
}
