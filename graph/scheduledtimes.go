package graph

import (
	"context"
	"time"

	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
)

const maxScheduledTimes = 1000

// lastMoment is after the last valid DateTime.
var lastMoment = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)

// nextRunOf returns the next scheduled run of s; nil if it is unknown.
func nextRunOf(ctx context.Context, s *Sync) exec.Later[*census.DateTime] {
	notes.Of(ctx).DependsOnTime()
	got, now := s.requestRecord(ctx), loadersOf(ctx).now
	return exec.Then(func() exec.Later[*census.DateTime] {
		got()
		if s.record == nil {
			return exec.Value[*census.DateTime](nil, s.err)
		}
		if s.record.Paused {
			return exec.Value[*census.DateTime](nil, nil)
		}
		for _, at := range scheduledTimes(&s.record.Schedule, now, lastMoment, 1) {
			return exec.Value(&at, nil)
		}
		return exec.Value[*census.DateTime](nil, nil)
	})
}

// scheduledTimesOf lists the times at which a schedule is due. A nil after means now, and a nil
// before means no end.
func scheduledTimesOf(ctx context.Context, s *census.SyncSchedule, after, before *census.DateTime, first int) ([]census.DateTime, error) {
	if first < 0 || first > maxScheduledTimes {
		return nil, badInput("first must be from 0 to %d, got %d", maxScheduledTimes, first)
	}
	from, to := loadersOf(ctx).now, lastMoment
	if after != nil {
		from = after.Time()
	} else {
		notes.Of(ctx).DependsOnTime()
	}
	if before != nil {
		to = before.Time()
	}
	if after != nil && before != nil && *after >= *before {
		return nil, badInput("after must be earlier than before, got %s and %s", after, before)
	}
	return scheduledTimes(s, from, to, first), nil
}

// scheduledTimes lists the times at which a schedule is due, regardless of runs. It returns nil if
// the schedule cannot be parsed.
func scheduledTimes(s *census.SyncSchedule, after, before time.Time, n int) []census.DateTime {
	schedule, err := health.ParseSchedule(*s)
	if err != nil {
		return nil
	}
	times := schedule.Executions(after, before, n)
	at := make([]census.DateTime, len(times))
	for i, t := range times {
		at[i] = census.DateTime(t.UnixMilli())
	}
	return at
}
