package health

import (
	"fmt"
	"time"
)

// Rules about whether the sync runs.

func paused(v *facts) (finding, bool) {
	if !v.sync.Paused {
		return finding{}, false
	}
	return finding{reason: "The sync is paused; " + v.lastSuccessText() + "."}, true
}

func neverRan(v *facts) (finding, bool) {
	if v.runCount > 0 || v.futureRuns > 0 || v.more {
		return finding{}, false
	}
	reason := "The sync has never run"
	if len(v.runs) > 0 {
		reason = "The sync has only been tried in dry runs"
	}
	if v.late > 0 {
		reason += fmt.Sprintf("; its schedule would have started it %s ago", durationText(v.late))
	}
	if v.scheduleErr != nil {
		reason += "; " + v.scheduleErrorText()
	}
	return finding{v.sync.CreatedAt, reason + "."}, true
}

func runsTooLong(v *facts) (finding, bool) {
	if v.blocker == nil {
		return finding{}, false
	}
	age, compared := v.blockerAge(), "there is no finished run to compare it with"
	if v.longestRun > 0 {
		compared = "the longest recent run took " + durationText(v.longestRun)
	}
	if age <= v.maxRunTime() {
		return finding{}, false
	}
	return finding{v.blocker.CreatedAt, fmt.Sprintf("A run has been in progress for %s; %s%s.", durationText(age), compared, v.skippedText())}, true
}

func runsTooLongForOthers(v *facts) (finding, bool) {
	if v.blocker == nil || v.skippedRuns < minSkips || v.longestRun == 0 || v.blockerAge() <= v.maxRunTimeIfSkipped() {
		return finding{}, false
	}
	return finding{v.blocker.CreatedAt, fmt.Sprintf("A run has been in progress for %s, and the %d runs since were skipped; the longest recent run took %s.",
		durationText(v.blockerAge()), v.skippedRuns, durationText(v.longestRun))}, true
}

func blockedByUnseen(v *facts) (finding, bool) {
	if v.blocker != nil || v.skippedRuns < minSkips || v.skippedRuns < v.runCount {
		return finding{}, false
	}
	seen := v.now.Sub(v.oldestSkip().CreatedAt)
	if seen <= minStuckTime {
		return finding{}, false
	}
	return finding{reason: fmt.Sprintf("The last %d runs were skipped, for at least %s, behind a run that is further back.", v.skippedRuns, durationText(seen))}, true
}

func late(v *facts) (finding, bool) {
	if v.late == 0 || v.pauses > 0 {
		return finding{}, false
	}
	return finding{v.due, fmt.Sprintf("The execution due at %s has not begun, %s later; the schedule is %s.",
		v.due.Time().Format("2006-01-02 15:04 UTC"), durationText(v.late), scheduleName(v.sync.Schedule))}, true
}

// invalidSchedule precedes the rule for healthy syncs: if the schedule is invalid, the sync may be
// late.
func invalidSchedule(v *facts) (finding, bool) {
	if v.scheduleErr == nil {
		return finding{}, false
	}
	seen := "no finished run is seen"
	if len(v.finished) > 0 {
		seen = fmt.Sprintf("the last finished run succeeded %s ago", v.agoText(endOf(v.finished[0])))
	}
	return finding{reason: fmt.Sprintf("It is unknown whether the sync is late, because %s; %s.", v.scheduleErrorText(), seen)}, true
}

func (v *facts) scheduleErrorText() string {
	return fmt.Sprintf("its schedule, %s, cannot be parsed (%s)", scheduleName(v.sync.Schedule), v.scheduleErr)
}

// maxRunTime returns the maximum time for a run in progress.
func (v *facts) maxRunTime() time.Duration {
	if v.longestRun == 0 {
		return stuckTimeOfFirstRun
	}
	return max(minStuckTime, 3*v.longestRun)
}

// maxRunTimeIfSkipped returns the same if runs were skipped after it.
func (v *facts) maxRunTimeIfSkipped() time.Duration {
	return max(minStuckTimeIfSkipped, 2*v.longestRun)
}
