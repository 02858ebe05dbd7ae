package upstream

import (
	"context"
	"time"

	"census-gateway/upstream/paging"
)

// scan calls visit with the rows of w, a page at a time from the side w counts from, until
// visit has enough. It ignores w.Limit. It holds one page in memory, however many rows there
// are. Each call to Census is made only if may returns true; limited reports that it did not.
func (l list[T]) scan(ctx context.Context, w paging.Window, may func() bool, visit func(paging.Slice[T]) (enough bool)) (limited bool, err error) {
	v := l.cachedView(0)
	var before paging.Slice[T] // the page before, with the row it holds back
	held, asked := false, false
	spare := l.tempRows()
	defer func() { l.freeRows(spare) }()
	for {
		step := w.Step(l.size, held)
		windows := []paging.Window{step}
		sought := !step.Near().IsEnd() && step.Near().Ordinal == paging.NoOrdinal
		if sought && v.RowsInPlace(step) == 0 { // from the newest rows on
			windows = append(windows, paging.Window{Limit: l.size})
		}
		answer, as, err := l.completeView(ctx, windows, v, may)
		if err == errNoMoreCalls {
			if rest := before.Rest(w); len(rest.Rows) > 0 {
				visit(rest)
			}
			return true, nil
		}
		if smaller, ok := l.resized(err); ok {
			l, v = smaller, smaller.cachedView(0)
			continue
		}
		if err != nil {
			return false, err
		}
		if answer.OmittedTie(step) {
			l.distrustTies()
			return false, l.endpoint.Unreadable(l.id, paging.ErrOmittedTie)
		}
		if sought {
			step.Limit = max(step.Limit, answer.RowsInPlace(step))
		}
		answer.Spare = spare
		s := answer.Slice(step).Cut(w)
		spare = answer.Spare
		held = s.Open && s.More
		if alone := held && len(s.Rows) == 1 && !w.Near().IsEnd() && !w.FromOldest; alone && !asked { // one row more shows whether it has ties
			asked, v = true, l.continueView(as, s.End())
			if w.Newer.Ordinal = s.End(); !sought { // otherwise a page of that row alone would cost as many calls
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
			v = l.cachedView(0)
		} else {
			v = l.continueView(as, s.First)
		}
	}
}

// continueView begins a view that continues downwards from the row of ordinal n, where before
// ended, as if both were one view. If another epoch has begun meanwhile, the view must search
// for its place again.
func (l list[T]) continueView(before *paging.View[T], n int) *paging.View[T] {
	v := l.newView()
	if l.useCachedChunks(v, 0); v.ContinueFrom(before, n, time.Now()) {
		return v
	}
	return l.cachedView(0)
}
