package health

import (
	"time"

	"census-gateway/upstream/census"
)

func newFacts(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) facts {
	v := facts{more: more, now: census.DateTime(now.UnixMilli())}
	v.sync, v.runs, v.futureRuns = WithoutFutureTimes(sync, runs, v.now)
	runs = v.runs
	v.allowedLoss = allowedLoss(v.sync)
	streak := true // of skipped runs
	for i := range runs {
		r := &runs[i]
		outcome := r.Outcome()
		if v.blocker == nil && len(v.finished) == 0 && isBlocker(r, outcome, v.skippedRuns) {
			v.blocker, streak = r, false
		}
		if r.DryRun() {
			continue
		}
		v.runCount++
		if streak = streak && outcome == census.OutcomeSkipped; streak {
			v.skippedRuns++
		}
		switch outcome {
		case census.OutcomeSucceeded, census.OutcomePartial:
			if r.CompletedAt != 0 && (v.lastSuccess == nil || r.CompletedAt > v.lastSuccess.CompletedAt) {
				v.lastSuccess = r
			}
			v.untimedSuccess = v.untimedSuccess || r.CompletedAt == 0
			v.finished = append(v.finished, r)
		case census.OutcomeFailed:
			v.finished = append(v.finished, r)
		}
	}
	for v.failuresInRow < len(v.finished) && v.finished[v.failuresInRow].Outcome() == census.OutcomeFailed {
		v.failuresInRow++
	}
	for v.flawlessRuns < len(v.finished) && v.flaw(v.finished[v.flawlessRuns]) == "" {
		v.flawlessRuns++
	}
	v.longestRun = v.longestComparable()
	v.findMissing()
	return v
}

// isBlocker reports whether a run keeps the sync busy. A run with an unknown status does, if runs
// were skipped after it.
func isBlocker(r *census.SyncRun, outcome census.SyncRunOutcome, skips int) bool {
	return outcome == census.OutcomeInProgress ||
		outcome == census.OutcomeUnknown && r.CompletedAt == 0 && skips > 0
}

// longestComparable returns how long the longest finished run took that is comparable to the
// blocker. A full sync is compared only with full syncs, others with all runs.
func (v *facts) longestComparable() time.Duration {
	var full, all time.Duration
	for _, r := range v.finished {
		if r.CompletedAt == 0 {
			continue
		}
		took := r.CompletedAt.Sub(r.CreatedAt)
		all = max(all, took)
		if r.FullSync {
			full = max(full, took)
		}
	}
	if v.blocker != nil && v.blocker.FullSync {
		return full
	}
	return all
}

// findMissing finds the execution that is missing: the first due after the newest run and after the
// last change of the sync's settings. Such a change may have moved the schedule or ended a pause.
// While a run is in progress, no execution is missing.
func (v *facts) findMissing() {
	if v.sync.Paused {
		return
	}
	s, err := ParseSchedule(v.sync.Schedule)
	v.scheduleErr = err
	switch {
	case err != nil:
		return
	case s.Never():
		v.setLateByPauses()
		return
	}
	base := max(v.sync.CreatedAt, v.sync.UpdatedAt)
	for i := range v.runs {
		if r := &v.runs[i]; !r.DryRun() {
			base = max(base, r.CreatedAt, r.ScheduledExecutionTime)
			break
		}
	}
	if base == 0 || v.runCount == 0 && v.futureRuns > 0 { // the last run is unknown
		return
	}
	due := s.Next(base.Time())
	v.scheduled, v.due = true, census.DateTime(due.UnixMilli())
	v.grace = graceFor(s.Next(due).Sub(due))
	v.setLate()
}
