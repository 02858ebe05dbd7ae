package health

import (
	"time"

	"census-gateway/upstream/census"
)

// Health describes the health of a sync at a moment.
type Health struct {
	State State
	// Since is when the state began. It is 0 if the state may have begun before the runs that
	// were seen, or the beginning is unknown. docs/health.md defines it for each rule.
	Since  census.DateTime
	Reason string // one sentence
	// ConsecutiveFailures is the number of failed runs since the newest success among the runs
	// seen. Older runs may also have failed.
	ConsecutiveFailures int
	// LastSuccessAt is the completion of the newest success, or 0 if no run seen is a success. A
	// run that lost records is a success.
	LastSuccessAt census.DateTime
	// FreshnessSeconds is the time since LastSuccessAt; nil if that is 0.
	FreshnessSeconds *float64
	// LateBySeconds is the time since the first scheduled execution that has not begun. It is 0
	// within the grace, and while a run is in progress. It is nil if the sync is paused, has no
	// schedule that can be parsed, or has no known start to count from.
	LateBySeconds *float64
}

// Of returns the health of a sync. runs must be its newest, newest first; more says that there
// are older ones. Of does not modify or retain sync and runs.
func Of(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) Health {
	v := newFacts(sync, runs, more, now)
	h := Health{
		State:               Unknown,
		ConsecutiveFailures: v.failuresInRow,
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

// Due returns when the next execution is due that has not begun, and how late it may begin. It
// returns false if that is unknown, or a run is in progress.
func Due(sync *census.Sync, runs []census.SyncRun, now time.Time) (due time.Time, within time.Duration, ok bool) {
	v := newFacts(sync, runs, false, now)
	if !v.scheduled || v.blocker != nil {
		return due, 0, false
	}
	s, err := ParseSchedule(sync.Schedule)
	if err != nil {
		return due, 0, false
	}
	due = v.due.Time()
	return due, graceFor(s.Next(due).Sub(due)), true
}
