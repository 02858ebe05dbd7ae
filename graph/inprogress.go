package graph

import (
	"slices"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// inProgressFrom returns the window in which to search the runs in progress of a sync that are in
// w and pass filter. It begins with the newest run that filter's creation times allow, even if w
// begins later. The search ends at the run that no run in progress precedes.
func inProgressFrom(w paging.Window, filter *stats.Filter) paging.Window {
	return narrow(paging.Window{Older: w.Older, Limit: w.Limit}, filter)
}

// gatherInProgress adds to h the runs of s that are in progress, in w, and pass filter, newest
// first.
func (h *harvest) gatherInProgress(s paging.Slice[census.SyncRun], w paging.Window, filter *stats.Filter) (enough bool) {
	from := inProgressFrom(w, filter)
	for i := len(s.Rows) - 1; i >= 0; i-- {
		switch at := positionOf(&from, &s, i); {
		case filter.Ends(&s.Rows[i]):
			return true
		case filter.Match(&s.Rows[i]) && (w.Newer.IsEnd() || at.Compare(w.Newer) < 0):
			h.rows, h.ordinals = append(h.rows, s.Rows[i]), append(h.ordinals, at.Ordinal)
		}
	}
	return false
}

// reapInProgress is reap for a filter that only runs in progress can pass.
func (l *loaders) reapInProgress(id census.SyncID, w paging.Window, filter *stats.Filter, want int) func() (harvest, error) {
	var h harvest
	wait := l.scan(id, inProgressFrom(w, filter), func(s paging.Slice[census.SyncRun]) bool { return h.gatherInProgress(s, w, filter) })
	return func() (harvest, error) {
		limited, err := wait()
		if w.FromOldest {
			slices.Reverse(h.rows)
			slices.Reverse(h.ordinals)
		}
		switch {
		case err == nil && limited:
			err = l.lost(id)
		case len(h.rows) > want:
			h.more = true
			h.rows, h.ordinals = h.rows[:want], h.ordinals[:want]
		}
		return h, err
	}
}

// readInProgress is readStream for a filter that only runs in progress can pass. It reads all of
// them.
func (l *loaders) readInProgress(s *stream, filter *stats.Filter, may func() bool, final bool) {
	var h harvest
	var asOf time.Time
	limited, err := l.walkCounted(s, inProgressFrom(s.window, filter), may, func(runs paging.Slice[census.SyncRun]) bool {
		if asOf.IsZero() {
			asOf = runs.AsOf
		}
		return h.gatherInProgress(runs, s.window, filter)
	})
	s.sought = true
	if err == nil && limited && final {
		err = l.lost(s.sync)
	}
	switch {
	case err != nil: // the sync is omitted
		s.err, s.done = err, true
	case limited: // it must be read with calls of the budget
	default:
		if s.window.FromOldest {
			slices.Reverse(h.rows)
		}
		s.rows, s.asOf, s.started, s.done = h.rows, asOf, true, true
		if s.window.FromOldest {
			s.holdBack()
			s.reached(asOf)
		}
	}
}

// lost returns the error if the read limit does not suffice to find all runs in progress of a
// sync.
func (l *loaders) lost(id census.SyncID) error {
	return l.spent("finding the runs in progress of sync %d takes more than the %d calls to Census that an operation may make; repeat the query, since the runs read so far stay in memory, or set createdSince", id, l.calls)
}
