package health

import (
	"census-gateway/upstream/census"
)

// Timely is sync and runs without what lies ahead of now by more than clocks differ: such a
// time is as good as none, and a run created then is left out. ahead counts the runs left
// out, but for dry runs. Neither sync nor runs is changed.
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

// forget takes out the times after limit.
func forget(limit census.DateTime, times ...*census.DateTime) {
	for _, t := range times {
		if *t > limit {
			*t = 0
		}
	}
}
