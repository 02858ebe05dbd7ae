package health

import (
	"time"

	"census-gateway/upstream/census"
)

// A Trouble is a rule about whether a sync runs. It applies regardless of the sync's state.
type Trouble struct {
	Since        census.DateTime // 0 if unknown
	Reason       string          // one sentence
	Value, Limit float64         // in seconds, above the limit; or skipped runs, at least the limit
	Run          *census.SyncRun // the run in progress that is stuck; nil if none is seen
}

// Troubles returns the reasons that keep the sync from running. late is about an execution that
// has not begun, stuck about a run that does not end, and skipped about runs skipped in a row.
// Each is nil if it does not apply; all are nil if the sync is paused. The arguments are those of
// Of.
func Troubles(sync *census.Sync, runs []census.SyncRun, more bool, now time.Time) (late, stuck, skipped *Trouble) {
	v := newFacts(sync, runs, more, now)
	if v.sync.Paused {
		return nil, nil, nil
	}
	return v.lateTrouble(), v.stuckTrouble(), v.skippedTrouble()
}

func (v *facts) lateTrouble() *Trouble {
	f, ok := late(v)
	if !ok {
		f, ok = lateByPauses(v)
	}
	if !ok {
		return nil
	}
	return &Trouble{f.since, f.reason, v.late.Seconds(), v.grace.Seconds(), nil}
}

func (v *facts) stuckTrouble() *Trouble {
	if f, ok := runsTooLong(v); ok {
		return &Trouble{f.since, f.reason, v.blockerAge().Seconds(), v.maxRunTime().Seconds(), v.blocker}
	}
	if f, ok := runsTooLongForOthers(v); ok {
		return &Trouble{f.since, f.reason, v.blockerAge().Seconds(), v.maxRunTimeIfSkipped().Seconds(), v.blocker}
	}
	if f, ok := blockedByUnseen(v); ok {
		return &Trouble{f.since, f.reason, v.now.Sub(v.oldestSkip().CreatedAt).Seconds(), minStuckTime.Seconds(), nil}
	}
	return nil
}

func (v *facts) skippedTrouble() *Trouble {
	f, ok := oftenSkipped(v)
	if !ok {
		return nil
	}
	return &Trouble{f.since, f.reason, float64(v.skippedRuns), minSkips, nil}
}
