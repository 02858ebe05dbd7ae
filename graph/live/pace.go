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

// plan sets the time of the next read of s.
func (s *watchedSync) plan(now time.Time, isNamed bool) {
	wait := idleEvery
	if isNamed {
		wait = namedEvery
	}
	s.next, s.expectsChange = now.Add(wait), false
	defer func() { s.next = s.next.Add(peerDelay(s.lastReadByPeer)) }()
	if s.failedReads > 0 { // back off, even if a change is expected
		s.next = now.Add(min(activeEvery<<min(s.failedReads-1, 6), wait))
		return
	}
	readBy := func(t time.Time) {
		if t.Before(s.next) {
			s.next, s.expectsChange = t, true
		}
	}
	if now.Before(s.readAgainAt) {
		readBy(s.readAgainAt)
	}
	if f := s.record.Schedule.Frequency; f != nil && *f == "continuous" && !s.record.Paused {
		readBy(now.Add(continuousEvery))
		return
	}
	if run := s.inProgress(); run != nil {
		if age := now.Sub(run.CreatedAt.Time()); age < maxRunAge {
			readBy(now.Add(min(max((s.usualDuration(run.FullSync)-age)/4, activeEvery), longRunEvery)))
		}
	}
	due, grace, ok := health.Due(s.record, s.newestFirst(), now)
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
func (s *watchedSync) usualDuration(full bool) time.Duration {
	var took []time.Duration
	for i := len(s.runs) - 1; i >= 0 && len(took) < 3; i-- {
		if r := &s.runs[i]; r.FullSync == full && r.CompletedAt > r.CreatedAt {
			took = append(took, r.CompletedAt.Sub(r.CreatedAt))
		}
	}
	if len(took) < 3 {
		return 0
	}
	return slices.Min(took)
}

// isBefore reports whether s is read before other. If the budget is short, hinted syncs go
// first, then syncs with an expected change, then the rest. A sync waits for each group
// ahead of it for at most idleEvery.
func (s *watchedSync) isBefore(other *watchedSync) bool {
	return s.priority().Before(other.priority())
}

func (s *watchedSync) priority() time.Time {
	switch {
	case !s.hintedAt.IsZero():
		return s.hintedAt.Add(-2 * idleEvery)
	case s.expectsChange:
		return s.next.Add(-idleEvery)
	}
	return s.next
}

// hint records that a change of s was reported.
func (s *watchedSync) hint(now time.Time) {
	if s.hintedAt.IsZero() {
		s.hintedAt = now
	}
}

// dueAt returns when to read s: as planned, or earlier if a change was reported.
func (s *watchedSync) dueAt() time.Time {
	if !s.readByPeerAt.IsZero() {
		return s.readByPeerAt
	}
	if soon := later(s.hintedAt, s.lastReadBegan.Add(minHintInterval)); !s.hintedAt.IsZero() && soon.Before(s.next) {
		return soon
	}
	return s.next
}

// recordChanged reports whether the sync changed in a way that can affect its runs or its schedule.
func recordChanged(a, b *census.Sync) bool {
	return a.Status != b.Status || a.Paused != b.Paused || a.UpdatedAt != b.UpdatedAt
}
