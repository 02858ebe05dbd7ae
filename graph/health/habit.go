package health

import (
	"fmt"
	"strings"

	"census-gateway/upstream/census"
)

// fewestGaps is the minimum number of pauses between runs for a habit, if a sync has no schedule.
const fewestGaps = 5

// habit checks whether a run is late for a sync that no schedule starts. The sync's habit is the
// longest pause between its newest runs that were not started by hand. The pause begins with the
// newest run, or with a later change of the sync's settings.
func (v *view) habit() {
	var newer, newest census.DateTime
	for i := range v.runs {
		r := &v.runs[i]
		if r.DryRun() {
			continue
		}
		newest = max(newest, r.CreatedAt)
		if byHand(r) {
			continue
		}
		if newer != 0 {
			v.pause = max(v.pause, newer.Sub(r.CreatedAt))
			v.pauses++
		}
		newer = r.CreatedAt
	}
	if v.pauses < fewestGaps {
		v.pauses = 0
		return
	}
	v.scheduled, v.due = true, max(newest, v.sync.CreatedAt, v.sync.UpdatedAt)+census.DateTime(v.pause.Milliseconds())
	v.grace = max(v.pause, leastGrace)
	v.overdue()
}

// byHand reports whether a person started a run. The tag is from Census (API reference).
func byHand(r *census.SyncRun) bool {
	t := r.SyncTriggerReason
	return t != nil && t.UITag != nil && strings.EqualFold(*t.UITag, "Manual")
}

func lateByHabit(v *view) (finding, bool) {
	if v.late == 0 || v.pauses == 0 {
		return finding{}, false
	}
	since := v.due - census.DateTime(v.pause.Milliseconds())
	return finding{v.due, fmt.Sprintf("No run has begun for %s; it has no schedule, and its last %d runs that nobody started by hand came %s apart at most.",
		span(v.now.Sub(since)), v.pauses+1, span(v.pause))}, true
}
