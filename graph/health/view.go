package health

import (
	"time"

	"census-gateway/upstream/census"
)

// lastRuns is over how many finished runs the success rate is taken, and
// fewestRuns is how many there must be.
const (
	lastRuns   = 20
	fewestRuns = 5
)

// A view is the data of a sync that the rules need, gathered once.
type view struct {
	sync *census.Sync
	runs []census.SyncRun // newest first
	more bool             // there are older runs
	now  census.DateTime

	allowed     float64           // share of records that may be lost
	finished    []*census.SyncRun // succeeded, partial and failed, newest first; no dry runs
	failures    int               // of the newest finished, in a row
	goods       int               // of the newest finished without a flaw, in a row
	lastSuccess *census.SyncRun   // with a time of completion
	untimed     bool              // a success is seen that has no time of completion
	real        int               // runs that are not dry
	ahead       int               // more of these, created in the future: see Timely

	skips   int             // newest runs that were skipped, in a row, dry runs left out
	blocker *census.SyncRun // what runs now, or what the skipped runs wait for; nil if none is seen
	usual   time.Duration   // longest recent run like the blocker; 0 if unknown

	unread    error // why the schedule cannot be read; nil: it can, or the sync is paused
	scheduled bool  // what follows is known
	due       census.DateTime
	grace     time.Duration // how long it may be overdue
	late      time.Duration // since due, if beyond the grace
	pause     time.Duration // longest between runs of a sync without a schedule
	pauses    int           // between how many; 0: it has a schedule, or too few runs
}

func look(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) view {
	v := view{more: more, now: census.DateTime(now.UnixMilli())}
	v.sync, v.runs, v.ahead = Timely(sync, runs, v.now)
	runs = v.runs
	v.allowed = allowed(v.sync)
	streak := true // of skipped runs
	for i := range runs {
		r := &runs[i]
		outcome := r.Outcome()
		if v.blocker == nil && len(v.finished) == 0 && blocks(r, outcome, v.skips) {
			v.blocker, streak = r, false
		}
		if r.DryRun() {
			continue
		}
		v.real++
		if streak = streak && outcome == census.OutcomeSkipped; streak {
			v.skips++
		}
		switch outcome {
		case census.OutcomeSucceeded, census.OutcomePartial:
			if r.CompletedAt != 0 && (v.lastSuccess == nil || r.CompletedAt > v.lastSuccess.CompletedAt) {
				v.lastSuccess = r
			}
			v.untimed = v.untimed || r.CompletedAt == 0
			v.finished = append(v.finished, r)
		case census.OutcomeFailed:
			v.finished = append(v.finished, r)
		}
	}
	for v.failures < len(v.finished) && v.finished[v.failures].Outcome() == census.OutcomeFailed {
		v.failures++
	}
	for v.goods < len(v.finished) && v.flaw(v.finished[v.goods]) == "" {
		v.goods++
	}
	v.usual = v.usually()
	v.schedule()
	return v
}

// blocks tells whether a run is what a sync is at. One with a status nobody
// knows is taken for it if runs were skipped behind it.
func blocks(r *census.SyncRun, outcome census.SyncRunOutcome, skips int) bool {
	return outcome == census.OutcomeInProgress ||
		outcome == census.OutcomeUnknown && r.CompletedAt == 0 && skips > 0
}

// usually is how long the longest finished run took among those like the
// blocker: a full sync is measured by full syncs alone, others by all.
func (v *view) usually() time.Duration {
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

// schedule finds out which execution is missing: the first that was due after
// the newest run and after the sync's settings were changed, which may have
// moved its schedule or ended a pause. While a run is in progress none is.
func (v *view) schedule() {
	if v.sync.Paused {
		return
	}
	s, err := ParseSchedule(v.sync.Schedule)
	v.unread = err
	switch {
	case err != nil:
		return
	case s.Never():
		v.habit()
		return
	}
	base := max(v.sync.CreatedAt, v.sync.UpdatedAt)
	for i := range v.runs {
		if r := &v.runs[i]; !r.DryRun() {
			base = max(base, r.CreatedAt, r.ScheduledExecutionTime)
			break
		}
	}
	if base == 0 || v.real == 0 && v.ahead > 0 { // nothing tells when it last ran
		return
	}
	due := s.Next(base.Time())
	v.scheduled, v.due = true, census.DateTime(due.UnixMilli())
	v.grace = grace(s.Next(due).Sub(due))
	v.overdue()
}

// overdue sets how late the execution that is missing is.
func (v *view) overdue() {
	if late := v.now.Sub(v.due); v.blocker == nil && late > v.grace {
		v.late = late
	}
}

// grace is how long an execution may be overdue, by the time to the one after
// it: schedulers have queues, and runs are listed some time after they are made.
func grace(interval time.Duration) time.Duration {
	return min(max(interval, leastGrace), mostGrace)
}
