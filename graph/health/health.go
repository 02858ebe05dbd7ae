package health

import (
	"time"

	"census-gateway/upstream/census"
)

// A State is how a sync is.
type State string

const (
	Healthy  State = "HEALTHY"
	Degraded State = "DEGRADED"
	Failing  State = "FAILING"
	Stuck    State = "STUCK"
	Late     State = "LATE"
	Paused   State = "PAUSED"
	NeverRan State = "NEVER_RAN"
	Unknown  State = "UNKNOWN"
)

// WorstFirst are all states. An unknown state may be bad; a paused sync is paused on
// purpose.
var WorstFirst = [...]State{Failing, Stuck, Late, Degraded, Unknown, NeverRan, Paused, Healthy}

// Severity orders states, for a list with the worst first: 7 is FAILING, 0 is
// HEALTHY.
func (s State) Severity() int {
	for i, other := range WorstFirst {
		if s == other {
			return len(WorstFirst) - 1 - i
		}
	}
	return 0
}

// Health is how a sync is at a moment.
type Health struct {
	State State
	// Since is when this state began: 0 where it may have begun before the runs
	// that were seen, or where nothing tells. Each rule says what it takes.
	Since  census.DateTime
	Reason string // one sentence
	// ConsecutiveFailures counts the runs that failed since the newest success
	// among those seen. There may be more before them.
	ConsecutiveFailures int
	// LastSuccessAt is when the newest success was completed, 0 if none is among
	// the runs seen. Runs that lost records are successes.
	LastSuccessAt census.DateTime
	// FreshnessSeconds is the time since LastSuccessAt, nil without one.
	FreshnessSeconds *float64
	// LateBySeconds is the time since the first execution that the schedule
	// promised and that has not begun: 0 while that is within the grace, or a run
	// is in progress; nil if the sync has no schedule that can be read, or is
	// paused, or if nothing tells since when to count.
	LateBySeconds *float64
}

// Of tells how the sync is. Runs are its newest, the newest first, and more
// tells that there are older ones. Neither is changed or kept.
func Of(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) Health {
	v := look(sync, runs, more, now)
	h := Health{
		State:               Unknown,
		ConsecutiveFailures: v.failures,
	}
	if s := v.lastSuccess; s != nil {
		h.LastSuccessAt = s.CompletedAt
		fresh := max(v.now.Sub(s.CompletedAt).Seconds(), 0)
		h.FreshnessSeconds = &fresh
	}
	if v.scheduled {
		late := v.late.Seconds()
		h.LateBySeconds = &late
	}
	for _, r := range rules {
		if f, ok := r.applies(&v); ok {
			h.State, h.Since, h.Reason = r.state, f.since, f.reason
			break
		}
	}
	return h
}

// Due is when the next execution is due, by the schedule, that no run has begun yet, and
// how long it may be overdue. It is false if nothing tells, or a run is in progress.
func Due(sync *census.Sync, runs []census.SyncRun, now time.Time) (due time.Time, within time.Duration, ok bool) {
	v := look(sync, runs, false, now)
	if !v.scheduled || v.blocker != nil {
		return due, 0, false
	}
	s, err := ParseSchedule(sync.Schedule)
	if err != nil {
		return due, 0, false
	}
	due = v.due.Time()
	return due, grace(s.Next(due).Sub(due)), true
}
