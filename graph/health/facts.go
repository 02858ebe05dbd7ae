package health

import (
	"time"

	"census-gateway/upstream/census"
)

// The success rate covers the newest lastRuns finished runs, if there are at least fewestRuns.
const (
	lastRuns = 20
	minRuns  = 5
)

// facts holds the data of a sync that the rules need.
type facts struct {
	sync *census.Sync
	runs []census.SyncRun // newest first
	more bool             // there are older runs
	now  census.DateTime

	allowedLoss    float64           // share of records that may be lost
	finished       []*census.SyncRun // succeeded, partial and failed, newest first; no dry runs
	failuresInRow  int               // failures in a row among the newest finished
	flawlessRuns   int               // runs without a flaw in a row, among the newest finished
	lastSuccess    *census.SyncRun   // the latest with a completion
	untimedSuccess bool              // a success without a completion was seen
	runCount       int               // number of runs, without dry runs
	futureRuns     int               // runs created in the future, without dry runs; see WithoutFutureTimes

	skippedRuns int             // newest runs skipped in a row, without dry runs
	blocker     *census.SyncRun // in progress, or skipped runs wait for it; nil if none is seen
	longestRun  time.Duration   // longest recent run comparable to the blocker; 0 if unknown

	scheduleErr  error // why the schedule is invalid; nil if it is valid, or the sync is paused
	scheduled    bool  // the fields below are known
	due          census.DateTime
	grace        time.Duration // how late an execution may begin
	late         time.Duration // since due, if more than the grace; else 0
	longestPause time.Duration // longest pause between runs of a sync without a schedule
	pauses       int           // number of pauses; 0 if there is a schedule, or too few runs
}

// setLate sets how late the missing execution is.
func (v *facts) setLate() {
	if late := v.now.Sub(v.due); v.blocker == nil && late > v.grace {
		v.late = late
	}
}

// graceFor returns how late an execution may begin, given the interval to the next one. Schedulers
// have queues, and runs are listed some time after their creation.
func graceFor(interval time.Duration) time.Duration {
	return min(max(interval, minGrace), maxGrace)
}

func (v *facts) blockerAge() time.Duration { return max(v.now.Sub(v.blocker.CreatedAt), 0) }

// oldestSkip returns the oldest of the newest runs skipped in a row. There must be at least one.
func (v *facts) oldestSkip() *census.SyncRun {
	left := v.skippedRuns
	for i := range v.runs {
		if r := &v.runs[i]; !r.DryRun() && r.Outcome() == census.OutcomeSkipped {
			if left--; left == 0 {
				return r
			}
		}
	}
	return &v.runs[len(v.runs)-1]
}

// startKnown reports whether a streak of the n newest finished runs is known to begin with the
// oldest of them.
func (v *facts) startKnown(n int) bool { return n < len(v.finished) || !v.more }

// endOf returns when a finished run ended. If that is unknown, it returns when the run was
// queued.
func endOf(r *census.SyncRun) census.DateTime {
	if r.CompletedAt != 0 {
		return r.CompletedAt
	}
	return r.CreatedAt
}
