package upstream

import (
	"context"
	"time"
)

// scanRows is how many rows are read at a time where they are read upwards: a
// page proves nothing of one above it, so as many as one answer may have.
const scanRows = 1000

// walk shows visit the rows of w, a page of them at a time from the side w counts
// from, until it has enough; how many w wants is of no matter. What was shown is
// not held: it takes no more memory for many rows than for few. Each call to
// Census is made only if may says so; limited tells that it did not.
func (l list[T]) walk(ctx context.Context, w Window, may func() bool, visit func(Slice[T]) (enough bool)) (limited bool, err error) {
	v := l.recall(0)
	var before Slice[T] // the page before, with the row it holds back
	held, asked := false, false
	spare := []T{}
	for {
		step := w.step(l.size, held)
		windows := []Window{step}
		sought := !step.Near().IsEnd() && step.Near().Ordinal == NoOrdinal
		if sought && v.atHand(step) == 0 { // from the newest rows on
			windows = append(windows, Window{Limit: l.size})
		}
		answer, as, err := l.view(ctx, windows, v, may)
		if err == errSpent {
			if rest := before.Rest(w); len(rest.Rows) > 0 {
				visit(rest)
			}
			return true, nil
		}
		if smaller, ok := l.resized(err); ok {
			l, v = smaller, smaller.recall(0)
			continue
		}
		if err != nil {
			return false, err
		}
		if answer.passed(step) {
			l.beWary()
			return false, l.endpoint.Unreadable(l.id, errPassed)
		}
		if sought {
			step.Limit = max(step.Limit, answer.atHand(step))
		}
		answer.spare = spare
		s := answer.slice(step).Cut(w)
		spare = answer.spare
		held = s.Open && s.More
		if alone := held && len(s.Rows) == 1 && !w.Near().IsEnd() && !w.FromOldest; alone && !asked { // one row more tells
			asked, v = true, l.follow(as, s.End())
			if w.Newer.Ordinal = s.End(); !sought { // else a page of that row alone would cost as many calls
				before = s
				before.Rows, before.Held, before.First = nil, s.Rows, s.End()
			}
			continue
		}
		s = s.Hold(w)
		before, asked = s, false
		if visit(s) || !s.More || len(s.Rows) == 0 {
			return false, nil
		}
		w = s.After(w)
		if w.FromOldest {
			v = l.recall(0)
		} else {
			v = l.follow(as, s.First)
		}
	}
}

// atHand is how many rows on from where w begins v has beside each other and in their
// places; 0 upwards, and where that place is not known.
func (v *view[T]) atHand(w Window) int {
	lo, hi := v.rank(w.Newer)
	if w.FromOldest || lo != hi || lo == 0 {
		return 0
	}
	g, ok := v.at(lo - 1)
	if !ok {
		return 0
	}
	first := g.first
	if g.low > 0 && !v.trusts(v.tie(v.moment(&g, first))) {
		first += g.low
	}
	return max(lo-first, 0)
}

// step is the part of w to read next: downwards a page, or to the end of a chunk,
// whether that is beyond w or not; and a chunk more if what lies beyond the next row
// is to be told.
func (w Window) step(size int, held bool) Window {
	if w.FromOldest {
		w.Limit = scanRows
		return w
	}
	w.Older = Position{}
	switch n := w.Newer.Ordinal; {
	case w.Newer.IsEnd():
		w.Limit = size
	case n > 0:
		if w.Limit = (n-1)%size + 1; w.Limit == 1 && held {
			w.Limit += size
		}
	default: // one row, which tells in which chunk it is
		w.Limit = 1
	}
	return w
}

// follow begins a view that goes on downwards from the row of ordinal n, where
// before ended, as if both were one. If another epoch has begun meanwhile the
// view has to find its place again.
func (l list[T]) follow(before *view[T], n int) *view[T] {
	v := l.remember(0)
	if v.kept != nil && v.epoch != before.epoch {
		return l.recall(0)
	}
	for _, g := range before.segments {
		if n < g.first || n >= g.end() || g.group > 0 && v.kept != nil {
			continue
		}
		g.group, g.mended, g.raw = 0, false, nil
		if g.until.IsZero() {
			g.until = time.Now() // it is kept already
		}
		v.segments = append(v.segments, g)
		v.total, v.arrived, v.tied = before.total, max(v.arrived, before.arrived), v.kept != nil
		v.order = before.order
		return v
	}
	return l.recall(0)
}
