package upstream

import "context"

// scanRows is how many rows are read at a time where they are read upwards: a
// page proves nothing of one above it, so as many as one answer may have.
const scanRows = 1000

// walk shows visit the rows of w, a page of them at a time from the side w counts
// from, until it has enough; how many w wants is of no matter. What was shown is
// not held: it takes no more memory for many rows than for few. Each call to
// Census is made only if may says so; limited tells that it did not.
func (l list[T]) walk(ctx context.Context, w Window, may func() bool, visit func(Slice[T]) (enough bool)) (limited bool, err error) {
	v := l.recall(0)
	for {
		step := w.step(l.size)
		answer, as, err := l.view(ctx, []Window{step}, v, may)
		if err == errSpent {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		s := l.cut(answer.slice(step), w)
		if visit(s) || !s.More || len(s.Rows) == 0 {
			return false, nil
		}
		near := s.First
		if w.FromOldest {
			near = s.End() - 1
		}
		p := l.place(&s.Rows[near-s.First])
		p.Ordinal = near
		if w.FromOldest {
			w.Older, v = p, l.recall(0)
		} else {
			w.Newer, v = p, l.follow(as, near)
		}
	}
}

// step is the part of w to read next: downwards to the end of a chunk, whether
// that is beyond w or not.
func (w Window) step(size int) Window {
	if w.FromOldest {
		w.Limit = scanRows
		return w
	}
	w.Older, w.Limit = Position{}, size
	if n := w.Newer.Ordinal; !w.Newer.IsEnd() && n > 0 {
		w.Limit = (n-1)%size + 1
	}
	return w
}

// cut leaves out of s what is older than w, since steps go beyond it.
func (l list[T]) cut(s Slice[T], w Window) Slice[T] {
	if w.FromOldest || w.Older.IsEnd() {
		return s
	}
	for len(s.Rows) > 0 && l.place(&s.Rows[0]).Compare(w.Older) <= 0 {
		s.Rows, s.First, s.More = s.Rows[1:], s.First+1, false
	}
	return s
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
		if g.sound && n >= g.first && n < g.end() {
			if g.until.IsZero() {
				g.until = before.proved // it is kept already
			}
			v.segments = append(v.segments, g)
			v.total, v.arrived, v.tied = before.total, before.arrived, v.kept != nil
			return v
		}
	}
	return l.recall(0)
}
