package live

import (
	"slices"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// How often a sync is read.
const (
	idleEvery       = 15 * time.Minute // when no change is expected
	namedEvery      = time.Minute      // the same, for a sync that a follower names
	activeEvery     = 10 * time.Second // when an execution is due and has not begun, or a run is about to end
	longRunEvery    = time.Minute      // maximum, while the usual end of a run is far away
	continuousEvery = 30 * time.Second // for continuous syncs
	maxRunAge       = 6 * time.Hour    // a run in progress for longer is read every idleEvery

	// maxNamed is the maximum number of syncs of a follower to which namedEvery applies.
	maxNamed = 20

	minHintInterval = 2 * time.Second // minimum time between reads of a sync with frequent hints
)

// SoonAgain is the time from a hint to a second read: Census may send the hint before its lists
// show the change.
const SoonAgain = 8 * time.Second

// plan sets the time of the next read of y.
func (y *watchedSync) plan(now time.Time, isNamed bool) {
	wait := idleEvery
	if isNamed {
		wait = namedEvery
	}
	y.next, y.expectsChange = now.Add(wait), false
	defer func() { y.next = y.next.Add(peerDelay(y.lastReadByPeer)) }()
	if y.failedReads > 0 { // back off, even if a change is expected
		y.next = now.Add(min(activeEvery<<min(y.failedReads-1, 6), wait))
		return
	}
	readBy := func(t time.Time) {
		if t.Before(y.next) {
			y.next, y.expectsChange = t, true
		}
	}
	if now.Before(y.readAgainAt) {
		readBy(y.readAgainAt)
	}
	if f := y.record.Schedule.Frequency; f != nil && *f == "continuous" && !y.record.Paused {
		readBy(now.Add(continuousEvery))
		return
	}
	if run := y.inProgress(); run != nil {
		if age := now.Sub(run.CreatedAt.Time()); age < maxRunAge {
			readBy(now.Add(min(max((y.usualDuration(run.FullSync)-age)/4, activeEvery), longRunEvery)))
		}
	}
	due, grace, ok := health.Due(y.record, y.newestFirst(), now)
	switch {
	case !ok:
	case now.Before(due):
		readBy(due)
	case now.Before(due.Add(grace)):
		readBy(now.Add(activeEvery))
	}
}

// usualDuration returns the shortest duration of the newest three ended runs, full or incremental;
// 0 if there are fewer.
func (y *watchedSync) usualDuration(full bool) time.Duration {
	var took []time.Duration
	for i := len(y.runs) - 1; i >= 0 && len(took) < 3; i-- {
		if r := &y.runs[i]; r.FullSync == full && r.CompletedAt > r.CreatedAt {
			took = append(took, r.CompletedAt.Sub(r.CreatedAt))
		}
	}
	if len(took) < 3 {
		return 0
	}
	return slices.Min(took)
}

// isBefore reports whether y is read before z. If the budget is short, hinted syncs go first, then
// syncs with an expected change, then the rest. A sync waits for each group ahead of it for at most
// idleEvery.
func (y *watchedSync) isBefore(z *watchedSync) bool {
	return y.priority().Before(z.priority())
}

func (y *watchedSync) priority() time.Time {
	switch {
	case !y.hintedAt.IsZero():
		return y.hintedAt.Add(-2 * idleEvery)
	case y.expectsChange:
		return y.next.Add(-idleEvery)
	}
	return y.next
}

// hint records that a change of y was reported.
func (y *watchedSync) hint(now time.Time) {
	if y.hintedAt.IsZero() {
		y.hintedAt = now
	}
}

// dueAt returns when to read y: as planned, or earlier if a change was reported.
func (y *watchedSync) dueAt() time.Time {
	if !y.readByPeerAt.IsZero() {
		return y.readByPeerAt
	}
	if soon := later(y.hintedAt, y.lastReadBegan.Add(minHintInterval)); !y.hintedAt.IsZero() && soon.Before(y.next) {
		return soon
	}
	return y.next
}

// recordChanged reports whether the sync changed in a way that can affect its runs or its schedule.
func recordChanged(a, b *census.Sync) bool {
	return a.Status != b.Status || a.Paused != b.Paused || a.UpdatedAt != b.UpdatedAt
}
