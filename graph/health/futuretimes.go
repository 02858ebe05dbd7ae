package health

import "census-gateway/upstream/census"

// WithoutFutureTimes returns sync and runs without times that are more than the allowed clock
// difference after now. It clears such a time, and drops a run created then. ahead counts the
// dropped runs, without dry runs. WithoutFutureTimes does not modify its arguments.
func WithoutFutureTimes(sync *census.Sync, runs []census.SyncRun, now census.DateTime) (_ *census.Sync, _ []census.SyncRun, ahead int) {
	limit := now + census.DateTime(census.ClockLead.Milliseconds())
	if max(sync.CreatedAt, sync.UpdatedAt) > limit {
		s := *sync
		sync = &s
		clearAfter(limit, &s.CreatedAt, &s.UpdatedAt)
	}
	if !anyTimeAfter(limit, runs) {
		return sync, runs, 0
	}
	kept := make([]census.SyncRun, 0, len(runs))
	for _, r := range runs {
		switch {
		case r.CreatedAt <= limit:
			clearAfter(limit, &r.UpdatedAt, &r.CompletedAt, &r.ScheduledExecutionTime)
			kept = append(kept, r)
		case !r.DryRun():
			ahead++
		}
	}
	return sync, kept, ahead
}

func anyTimeAfter(limit census.DateTime, runs []census.SyncRun) bool {
	for i := range runs {
		if r := &runs[i]; max(r.CreatedAt, r.UpdatedAt, r.CompletedAt, r.ScheduledExecutionTime) > limit {
			return true
		}
	}
	return false
}

// clearAfter clears the times after limit.
func clearAfter(limit census.DateTime, times ...*census.DateTime) {
	for _, t := range times {
		if *t > limit {
			*t = 0
		}
	}
}
