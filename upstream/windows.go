package upstream

import (
	"context"
	"errors"
	"slices"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
)

// slices answers several windows of the list from one set of pages, cached ones among them. If
// a page cannot be read, it still answers the windows that need no such page, or that cached
// rows can answer. It returns an error only if no window is answered.
func (l list[T]) slices(ctx context.Context, windows []paging.Window) ([]paging.Slice[T], error) {
	v, _, err := l.completeView(ctx, windows, l.cachedView(0), nil)
	if smaller, ok := l.resized(err); ok {
		return smaller.slices(ctx, windows)
	}
	if err == nil {
		return l.slicesOf(v, windows)
	}
	if v == nil || calls.Refused(err) {
		return nil, err
	}
	v.UseAllCached(windows, l.size)
	some := make([]paging.Slice[T], len(windows))
	answered := 0
	read := false
	for i, w := range windows {
		if v.Answers([]paging.Window{w}, l.size) {
			some[i], read = v.Slice(w), true
		} else if old, ok := l.stale([]paging.Window{w}, err); ok {
			some[i] = old.Slice(w)
			l.client.onRead(ctx, ReadReport{Cached: true, Until: time.Now(), Stale: true, AsOf: old.Stale})
		} else {
			some[i].Err = err
			continue
		}
		answered++
	}
	if answered == 0 {
		return nil, err
	}
	if read {
		l.finish(ctx, v)
	}
	return some, nil
}

// slicesOf answers windows from v, except those that continue where a row was left out.
func (l list[T]) slicesOf(v *paging.View[T], windows []paging.Window) ([]paging.Slice[T], error) {
	answers, passed := v.Slices(windows), 0
	var err error
	for i, w := range windows {
		if v.OmittedTie(w) {
			if err == nil {
				err = l.endpoint.Unreadable(l.id, paging.ErrOmittedTie)
			}
			answers[i] = paging.Slice[T]{Err: err}
			passed++
		}
	}
	if passed == 0 {
		return answers, nil
	}
	if l.distrustTies(); passed == len(windows) {
		return nil, err
	}
	return answers, nil
}

// completeView completes v until it answers windows, and caches what it read. It returns the
// view, and as, the view to continue with. With an error, it returns how far it came, or nil.
// If may is set, completeView calls it before each call to Census; once may returns false, the
// error is errNoMoreCalls.
func (l list[T]) completeView(ctx context.Context, windows []paging.Window, v *paging.View[T], may func() bool) (_, as *paging.View[T], err error) {
	reads := 0
	for moves := 0; ; moves++ {
		err := l.fill(ctx, v, windows, &reads, may)
		if err == nil {
			break
		}
		if err == errNoMoreCalls {
			return nil, nil, err
		}
		so := v
		if errors.Is(err, paging.ErrMoved) {
			l.endEpoch(v)
			if moves < maxMoves {
				v = l.newView().After(v)
				if moves >= maxMovesByTotal {
					v.IgnoreTotals()
				}
				continue
			}
			so = nil
		}
		err = l.endpoint.Failed(l.id, err)
		if calls.Refused(err) {
			l.client.dropRefused(l.endpoint, l.id)
		}
		if old, ok := l.stale(windows, err); ok {
			l.client.onRead(ctx, ReadReport{Cached: true, Until: time.Now(), Stale: true, AsOf: old.Stale})
			return old, old, nil
		}
		return so, nil, err
	}
	l.ignoreWrongTotals(v)
	return v, l.finish(ctx, v), nil
}

// finish caches what was read for v and reports it to onRead. It returns the view to continue
// with.
func (l list[T]) finish(ctx context.Context, v *paging.View[T]) (as *paging.View[T]) {
	as = l.cacheView(v)
	if read, any := v.Used(); any {
		l.report(ctx, v, !read)
	}
	return as
}

// cachedSlices answers several windows from fresh cached rows only.
func (l list[T]) cachedSlices(ctx context.Context, windows []paging.Window) ([]paging.Slice[T], bool) {
	if l.client.cache.entries == nil {
		return nil, false
	}
	l.localOnly = true
	v := l.tempView()
	defer l.freeView(v)
	l.useCached(v, 0)
	if !v.HasCached() || !v.Answers(windows, l.size) || len(v.BorderRead(windows, l.size)) > 0 || slices.ContainsFunc(windows, v.OmittedTie) {
		return nil, false
	}
	l.report(ctx, v, true)
	return v.Slices(windows), true
}

// report reports to onRead what v was read from.
func (l list[T]) report(ctx context.Context, v *paging.View[T], cached bool) {
	until := v.Until(l.lifetime())
	l.client.onRead(ctx, ReadReport{Cached: cached, Until: until, AsOf: until.Add(-l.lifetime())})
}

// all reads the whole list, in no order. It fails for a list of more than maxPages, because a
// part could be mistaken for the whole.
func (l list[T]) all(ctx context.Context) ([]T, error) {
	var all []T
	w := paging.Window{Limit: 32 * l.maxSize}
	for {
		answers, err := l.slices(ctx, []paging.Window{w})
		if err != nil {
			return nil, err
		}
		s := answers[0].Hold(w)
		all = append(all, s.Rows...)
		if max(len(all), s.Total) > maxPages*l.maxSize {
			return nil, l.endpoint.Failed(l.id, errTooManyReads)
		}
		if !s.More || len(s.Rows) == 0 {
			return all, nil
		}
		w = s.After(w)
	}
}

// stale returns a view that answers windows from expired cached rows, if err means that Census
// fails rather than refuses.
func (l list[T]) stale(windows []paging.Window, err error) (*paging.View[T], bool) {
	if !l.client.cache.mayServeStale(err) {
		return nil, false
	}
	if value, ok := l.client.cache.get(l.key()); ok { // the page size may have changed since
		l.size = value.(*paging.CachedList[T]).Size
	}
	v := l.cachedView(l.client.cache.stale)
	return v, v.HasCached() && v.AnswerStale(windows, l.size, l.lifetime())
}
