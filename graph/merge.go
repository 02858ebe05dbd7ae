package graph

import (
	"context"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

// streamStep is how many runs of each sync a timeline reads at first: most pages
// need few of each.
const streamStep = 10

// clockLag is how much later than the time it bears a run may come to be seen, by
// our clock: clocks differ a little, and Census writes a run before it shows it.
const clockLag = 5 * time.Second

// refill reads on in s until it has a run to show, is at its end, or can be read no
// further.
func (l *loaders) refill(ctx context.Context, s *stream, filter *stats.Filter) {
	if len(s.rows) > 0 || s.done || !s.barrier.IsEnd() {
		return
	}
	var limited bool
	limited, s.err = l.scan(ctx, s.sync, s.window, 1, func(slice upstream.Slice[upstream.SyncRun]) bool {
		behind, ahead := slice.Total-slice.End(), slice.First
		if s.window.FromOldest {
			behind, ahead = ahead, behind
		}
		if !s.started {
			s.started, s.outside, s.total = true, behind > 0, behind
		}
		s.total += len(slice.Rows) - s.ahead + ahead // not slice.Total: the list may have changed since it was begun
		s.ahead = ahead
		for n := range slice.Rows {
			i := n
			if !s.window.FromOldest {
				i = len(slice.Rows) - 1 - n
			}
			if filter.Match(&slice.Rows[i]) {
				s.rows = append(s.rows, slice.Rows[i])
			}
		}
		s.asOf = slice.AsOf
		s.done = !slice.More || len(slice.Rows) == 0
		s.window = s.window.After(slice.Rows, slice.First)
		return len(s.rows) > 0
	})
	held := s.window.FromOldest && s.holdBack()
	switch {
	case held:
		s.done, s.barrier = true, s.asOfBarrier()
	case limited || s.err != nil && s.started:
		s.barrier = s.window.Near()
		s.barrier.Ordinal = 0 // as in all cursors of the timeline
	case s.done && s.window.FromOldest:
		s.barrier = s.asOfBarrier()
	}
}

// asOfBarrier stands where s may still get runs, read when it was.
func (s *stream) asOfBarrier() upstream.Position {
	return upstream.Before(upstream.DateTime(s.asOf.Add(-clockLag).UnixMilli()))
}

// holdBack leaves out the runs of s that were created in the future, if Census is right:
// who follows the timeline from one of those would see no other any more.
func (s *stream) holdBack() (held bool) {
	limit := upstream.DateTime(s.asOf.Add(upstream.ClockLead).UnixMilli())
	i := slices.IndexFunc(s.rows, func(r upstream.SyncRun) bool { return r.CreatedAt > limit })
	if i < 0 {
		return false
	}
	s.rows = s.rows[:i]
	return true
}

// merge takes from streams, nearest first, as many runs as w wants, and looks
// whether there is one more. Where a stream met the read limit or failed nothing
// beyond is taken of any: the page ends there, and goes on there. Towards newer runs
// it also ends where a stream may have got runs since it was read: the list ends
// there for now, since who goes on behind a newer run of another would miss them.
func (l *loaders) merge(ctx context.Context, streams []*stream, filter *stats.Filter, w upstream.Window) (h harvest) {
	nearer := func(p, q upstream.Position) bool {
		if w.FromOldest {
			return p.Compare(q) < 0
		}
		return p.Compare(q) > 0
	}
	for {
		var next *stream
		var at upstream.Position
		for _, s := range streams {
			p := s.barrier
			if len(s.rows) > 0 {
				p = upstream.Position{CreatedAt: s.rows[0].CreatedAt, ID: int64(s.rows[0].ID)}
			}
			if !p.IsEnd() && (next == nil || nearer(p, at)) {
				next, at = s, p
			}
		}
		switch {
		case next == nil, len(next.rows) == 0 && next.done:
			return h
		case len(next.rows) == 0: // a barrier
			h.more, h.cut = true, at
			return h
		case len(h.rows) == w.Limit:
			h.more = true
			return h
		}
		h.rows, h.ordinals = append(h.rows, next.rows[0]), append(h.ordinals, 0)
		next.rows = next.rows[1:]
		if l.refill(ctx, next, filter); next.err != nil {
			graphql.AddError(ctx, next.err)
		}
	}
}
