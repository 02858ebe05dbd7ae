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
	v := look(sync, runs, more, now)
	if v.sync.Paused {
		return nil, nil, nil
	}
	return v.lateness(), v.stuck(), v.streak()
}

func (v *view) lateness() *Trouble {
	f, ok := late(v)
	if !ok {
		f, ok = lateByHabit(v)
	}
	if !ok {
		return nil
	}
	return &Trouble{f.since, f.reason, v.late.Seconds(), v.grace.Seconds(), nil}
}

func (v *view) stuck() *Trouble {
	if f, ok := overdue(v); ok {
		return &Trouble{f.since, f.reason, v.age().Seconds(), v.longest().Seconds(), v.blocker}
	}
	if f, ok := waitedFor(v); ok {
		return &Trouble{f.since, f.reason, v.age().Seconds(), v.longestWait().Seconds(), v.blocker}
	}
	if f, ok := blockedUnseen(v); ok {
		return &Trouble{f.since, f.reason, v.now.Sub(v.oldestSkip().CreatedAt).Seconds(), longRun.Seconds(), nil}
	}
	return nil
}

func (v *view) streak() *Trouble {
	f, ok := crowded(v)
	if !ok {
		return nil
	}
	return &Trouble{f.since, f.reason, float64(v.skips), manySkips, nil}
}
