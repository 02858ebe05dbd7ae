package health

import (
	"fmt"
	"time"

	"census-gateway/upstream/census"
)

// Rules about whether the sync runs.

func paused(v *view) (finding, bool) {
	if !v.sync.Paused {
		return finding{}, false
	}
	return finding{reason: "The sync is paused; " + v.success() + "."}, true
}

func neverRan(v *view) (finding, bool) {
	if v.real > 0 || v.ahead > 0 || v.more {
		return finding{}, false
	}
	reason := "The sync has never run"
	if len(v.runs) > 0 {
		reason = "The sync has only been tried in dry runs"
	}
	if v.late > 0 {
		reason += fmt.Sprintf("; its schedule would have started it %s ago", span(v.late))
	}
	if v.unread != nil {
		reason += "; " + v.unreadable()
	}
	return finding{v.sync.CreatedAt, reason + "."}, true
}

func overdue(v *view) (finding, bool) {
	if v.blocker == nil {
		return finding{}, false
	}
	age, compared := v.age(), "there is no finished run to compare it with"
	if v.usual > 0 {
		compared = "the longest recent run took " + span(v.usual)
	}
	if age <= v.longest() {
		return finding{}, false
	}
	return finding{v.blocker.CreatedAt, fmt.Sprintf("A run has been in progress for %s; %s%s.", span(age), compared, v.waiting())}, true
}

func waitedFor(v *view) (finding, bool) {
	if v.blocker == nil || v.skips < manySkips || v.usual == 0 || v.age() <= v.longestWait() {
		return finding{}, false
	}
	return finding{v.blocker.CreatedAt, fmt.Sprintf("A run has been in progress for %s, and the %d runs since were skipped; the longest recent run took %s.",
		span(v.age()), v.skips, span(v.usual))}, true
}

func blockedUnseen(v *view) (finding, bool) {
	if v.blocker != nil || v.skips < manySkips || v.skips < v.real {
		return finding{}, false
	}
	seen := v.now.Sub(v.oldestSkip().CreatedAt)
	if seen <= longRun {
		return finding{}, false
	}
	return finding{reason: fmt.Sprintf("The last %d runs were skipped, for at least %s, behind a run that is further back.", v.skips, span(seen))}, true
}

func late(v *view) (finding, bool) {
	if v.late == 0 || v.pauses > 0 {
		return finding{}, false
	}
	return finding{v.due, fmt.Sprintf("The execution due at %s has not begun, %s later; the schedule is %s.",
		v.due.Time().Format("2006-01-02 15:04 UTC"), span(v.late), scheduleName(v.sync.Schedule))}, true
}

// unscheduled precedes the rule for healthy syncs: if the schedule is invalid, the sync may be
// late.
func unscheduled(v *view) (finding, bool) {
	if v.unread == nil {
		return finding{}, false
	}
	seen := "no finished run is seen"
	if len(v.finished) > 0 {
		seen = fmt.Sprintf("the last finished run succeeded %s ago", v.ago(ended(v.finished[0])))
	}
	return finding{reason: fmt.Sprintf("It is unknown whether the sync is late, because %s; %s.", v.unreadable(), seen)}, true
}

func (v *view) unreadable() string {
	return fmt.Sprintf("its schedule, %s, cannot be parsed (%s)", scheduleName(v.sync.Schedule), v.unread)
}

// longest returns the maximum time for a run in progress.
func (v *view) longest() time.Duration {
	if v.usual == 0 {
		return longFirst
	}
	return max(longRun, 3*v.usual)
}

// longestWait returns the same if runs were skipped after it.
func (v *view) longestWait() time.Duration { return max(longWait, 2*v.usual) }

func (v *view) age() time.Duration { return max(v.now.Sub(v.blocker.CreatedAt), 0) }

// oldestSkip returns the oldest of the newest runs skipped in a row. There must be at least one.
func (v *view) oldestSkip() *census.SyncRun {
	left := v.skips
	for i := range v.runs {
		if r := &v.runs[i]; !r.DryRun() && r.Outcome() == census.OutcomeSkipped {
			if left--; left == 0 {
				return r
			}
		}
	}
	return &v.runs[len(v.runs)-1]
}
