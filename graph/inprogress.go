package graph

import (
	"context"
	"slices"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// inProgress looks for the runs of a sync in w that are in progress and pass filter, all
// of them, from the side w counts from. They are sought where they stand, from the
// newest run on that was created when filter says, wherever w begins, up to the one
// behind which there are none. h.more tells that the calls ran out before.
func (l *loaders) inProgress(ctx context.Context, id upstream.SyncID, w upstream.Window, filter *stats.Filter, may func() bool) (h harvest, asOf time.Time, err error) {
	from := narrow(upstream.Window{Older: w.Older, Limit: w.Limit}, filter)
	h.more, err = l.scan(ctx, id, from, may, 1, func(s upstream.Slice[upstream.SyncRun]) bool {
		if asOf.IsZero() {
			asOf = s.AsOf
		}
		for i := len(s.Rows) - 1; i >= 0; i-- {
			switch at := positionOf(s, i); {
			case filter.Ends(&s.Rows[i]):
				return true
			case filter.Match(&s.Rows[i]) && (w.Newer.IsEnd() || at.Compare(w.Newer) < 0):
				h.rows, h.ordinals = append(h.rows, s.Rows[i]), append(h.ordinals, at.Ordinal)
			}
		}
		return false
	})
	if w.FromOldest {
		slices.Reverse(h.rows)
		slices.Reverse(h.ordinals)
	}
	return h, asOf, err
}

// reapInProgress is reap for a filter that only runs in progress pass.
func (l *loaders) reapInProgress(ctx context.Context, id upstream.SyncID, w upstream.Window, filter *stats.Filter, want int) (harvest, error) {
	h, _, err := l.inProgress(ctx, id, w, filter, once(l.budget.page))
	switch {
	case err == nil && h.more:
		err = l.lost(id)
	case len(h.rows) > want:
		h.more = true
		h.rows, h.ordinals = h.rows[:want], h.ordinals[:want]
	}
	return h, err
}

// readInProgress is read for a filter that only runs in progress pass: it reads all
// there are.
func (l *loaders) readInProgress(ctx context.Context, s *stream, filter *stats.Filter, may func() bool, final bool) {
	h, asOf, err := l.inProgress(ctx, s.sync, s.window, filter, may)
	s.sought = true
	if err == nil && h.more && final {
		err = l.lost(s.sync)
	}
	switch {
	case err != nil: // it is left out
		s.err, s.done = err, true
	case h.more: // it has to be read by calls of the budget
	default:
		s.rows, s.asOf, s.started, s.done = h.rows, asOf, true, true
		if s.window.FromOldest {
			s.holdBack()
			s.reached(asOf)
		}
	}
}

// lost is the error where the read limit does not reach all runs in progress of a sync.
func (l *loaders) lost(id upstream.SyncID) error {
	return l.spent("finding the runs in progress of sync %d takes more than the %d calls to Census that an operation may make; ask again, which goes on from what is in memory, or for a createdSince", id, l.calls)
}
