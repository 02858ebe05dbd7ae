package health

import (
	"fmt"
	"strings"

	"census-gateway/upstream/census"
)

// fewestGaps is by how many pauses between runs a sync without a schedule has a habit.
const fewestGaps = 5

// habit finds out whether a run of a sync that no schedule starts is missing. Its habit is
// the longest pause among its newest runs that nobody started by hand. It counts from the
// newest run, and from when its settings were changed.
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

// byHand tells whether somebody started a run; the tag is Census's (API reference).
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
