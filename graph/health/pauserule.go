package health

import (
	"fmt"
	"strings"

	"census-gateway/upstream/census"
)

// minPauses is the minimum number of pauses between runs from which lateness is decided, if a sync
// has no schedule.
const minPauses = 5

// setLateByPauses checks whether a run is late for a sync that no schedule starts. The limit
// is the longest pause between its newest runs that were not started by hand. The pause begins with
// the newest run, or with a later change of the sync's settings.
func (v *facts) setLateByPauses() {
	var newer, newest census.DateTime
	for i := range v.runs {
		r := &v.runs[i]
		if r.DryRun() {
			continue
		}
		newest = max(newest, r.CreatedAt)
		if startedByHand(r) {
			continue
		}
		if newer != 0 {
			v.longestPause = max(v.longestPause, newer.Sub(r.CreatedAt))
			v.pauses++
		}
		newer = r.CreatedAt
	}
	if v.pauses < minPauses {
		v.pauses = 0
		return
	}
	v.scheduled, v.due = true, max(newest, v.sync.CreatedAt, v.sync.UpdatedAt)+census.DateTime(v.longestPause.Milliseconds())
	v.grace = max(v.longestPause, minGrace)
	v.setLate()
}

// startedByHand reports whether a person started a run. The tag is from Census (API reference).
func startedByHand(r *census.SyncRun) bool {
	t := r.SyncTriggerReason
	return t != nil && t.UITag != nil && strings.EqualFold(*t.UITag, "Manual")
}

func lateByPauses(v *facts) (finding, bool) {
	if v.late == 0 || v.pauses == 0 {
		return finding{}, false
	}
	since := v.due - census.DateTime(v.longestPause.Milliseconds())
	return finding{v.due, fmt.Sprintf("No run has begun for %s; it has no schedule, and its last %d runs that nobody started by hand came %s apart at most.",
		durationText(v.now.Sub(since)), v.pauses+1, durationText(v.longestPause))}, true
}
