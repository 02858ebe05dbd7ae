package upstream

import (
	"context"
	"time"
)

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

// follow begins a view that goes on downwards from the row of ordinal n, where
// before ended, as if both were one. If another epoch has begun meanwhile the
// view has to find its place again.
func (l list[T]) follow(before *view[T], n int) *view[T] {
	if v := l.remember(0); v.follow(before, n, time.Now()) {
		return v
	}
	return l.recall(0)
}
