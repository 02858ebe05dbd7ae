package census

import (
	"testing"
	"time"
)

// A run settles ten minutes after its last change, or after a day if its other times lie in
// the future. A run that was created in the future has not settled: others will be listed
// before it.
func TestSettled(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) DateTime { return DateTime(now.Add(-ago).UnixMilli()) }
	const m, future = time.Minute, -90_000 * time.Hour
	for _, test := range []struct {
		name                        string
		status                      SyncRunStatus
		created, updated, completed DateTime
		want                        bool
	}{
		{"long ago", StatusCompleted, at(90 * m), at(80 * m), at(80 * m), true},
		{"ten minutes ago", StatusCompleted, at(90 * m), at(10 * m), at(12 * m), true},
		{"nine minutes ago", StatusCompleted, at(90 * m), at(9 * m), at(12 * m), false},
		{"clocks that differ", StatusCompleted, at(90 * m), at(-4 * m), at(12 * m), false},
		{"updated in the future", StatusCompleted, at(1500 * m), at(future), at(1441 * m), true},
		{"updated in the future, completed a day ago", StatusCompleted, at(1500 * m), at(future), at(1439 * m), false},
		{"updated in the future, completed just now", StatusCompleted, at(90 * m), at(future), at(2 * m), false},
		{"completed in the future", StatusFailed, at(1500 * m), at(1441 * m), at(future), true},
		{"completed in the future, touched of late", StatusFailed, at(1500 * m), at(12 * m), at(future), false},
		{"both in the future", StatusCompleted, at(1441 * m), at(future), at(future), true},
		{"both in the future, created of late", StatusCompleted, at(90 * m), at(future), at(future), false},
		{"created in the future", StatusCompleted, at(future), at(12 * m), at(12 * m), false},
		{"still working", StatusWorking, at(9000 * m), at(future), 0, false},
		{"unknown, updated in the future", StatusUnknown, at(90 * m), at(future), 0, false},
		{"unknown for a day, updated in the future", StatusUnknown, at(1500 * m), at(future), 0, true},
	} {
		r := SyncRun{Status: test.status, CreatedAt: test.created, UpdatedAt: test.updated, CompletedAt: test.completed}
		if got := r.Settled(now); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}
