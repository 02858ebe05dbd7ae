package health

import (
	"census-gateway/upstream/census"
)

// Timely returns sync and runs without times that are more than the allowed clock difference
// after now. It clears such a time, and drops a run created then. ahead counts the dropped runs,
// without dry runs. Timely does not modify its arguments.
func Timely(sync *census.Sync, runs []census.SyncRun, now census.DateTime) (_ *census.Sync, _ []census.SyncRun, ahead int) {
	limit := now + census.DateTime(census.ClockLead.Milliseconds())
	if max(sync.CreatedAt, sync.UpdatedAt) > limit {
		s := *sync
		sync = &s
		forget(limit, &s.CreatedAt, &s.UpdatedAt)
	}
	if !anyAfter(limit, runs) {
		return sync, runs, 0
	}
	kept := make([]census.SyncRun, 0, len(runs))
	for _, r := range runs {
		switch {
		case r.CreatedAt <= limit:
			forget(limit, &r.UpdatedAt, &r.CompletedAt, &r.ScheduledExecutionTime)
			kept = append(kept, r)
		case !r.DryRun():
			ahead++
		}
	}
	return sync, kept, ahead
}

func anyAfter(limit census.DateTime, runs []census.SyncRun) bool {
	for i := range runs {
		if r := &runs[i]; max(r.CreatedAt, r.UpdatedAt, r.CompletedAt, r.ScheduledExecutionTime) > limit {
			return true
		}
	}
	return false
}

// forget clears the times after limit.
func forget(limit census.DateTime, times ...*census.DateTime) {
	for _, t := range times {
		if *t > limit {
			*t = 0
		}
	}
}
