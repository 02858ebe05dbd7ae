package live

import (
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// Outcomes are those of runs that are over.
var Outcomes = [...]census.SyncRunOutcome{census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed,
	census.OutcomeSkipped, census.OutcomeCanceled, census.OutcomeUnknown}

// Counts sum up the runs of a sync that ended since the watcher began. Dry runs are left out.
type Counts struct {
	Runs      [len(Outcomes)]int64 // by the outcome when the end was first seen
	Full      int64                // full syncs, without those that were skipped
	Timed     int64                // finished runs of which both ends are known
	Took      time.Duration        // of these together
	Processed int64                // records
	Updated   int64
	Failed    int64
	Invalid   int64
}

// add counts changes. It skips runs that were unknown before and had ended by since.
func (c *Counts) add(changes []Change, since time.Time) {
	for _, change := range changes {
		run, before := change.Run, change.Before
		switch {
		case run.DryRun() || !over(run):
			continue
		case before == nil && !ended(run).After(since):
			continue
		case before == nil || !over(before):
			before = new(census.SyncRun) // without records
			c.end(run)
		}
		gain := func(sum *int64, now, then census.Count) { *sum += max(now.N-max(then.N, 0), 0) }
		gain(&c.Processed, run.RecordsProcessed, before.RecordsProcessed)
		gain(&c.Updated, run.RecordsUpdated, before.RecordsUpdated)
		gain(&c.Failed, run.RecordsFailed, before.RecordsFailed)
		gain(&c.Invalid, run.Invalids(), before.Invalids())
	}
}

func (c *Counts) end(run *census.SyncRun) {
	outcome := run.Outcome()
	c.Runs[slices.Index(Outcomes[:], outcome)]++
	if run.FullSync && outcome != census.OutcomeSkipped {
		c.Full++
	}
	if finished(run) && run.CompletedAt >= run.CreatedAt {
		c.Timed++
		c.Took += run.CompletedAt.Sub(run.CreatedAt)
	}
}

// over tells whether the run has ended. One with an unknown status has not, as long as it has
// no time of completion.
func over(run *census.SyncRun) bool {
	switch run.Outcome() {
	case census.OutcomeInProgress:
		return false
	case census.OutcomeUnknown:
		return run.CompletedAt != 0
	}
	return true
}

// ended is when a run that is over ended, or was last touched where Census does not say.
func ended(run *census.SyncRun) time.Time {
	if run.CompletedAt != 0 {
		return run.CompletedAt.Time()
	}
	return run.UpdatedAt.Time()
}

// finished tells whether the run did its work, well or not.
func finished(run *census.SyncRun) bool {
	switch run.Outcome() {
	case census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed:
		return !run.DryRun()
	}
	return false
}
