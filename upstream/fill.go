package upstream

import (
	"context"
	"fmt"
	"slices"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
)

// fill reads the pages that v lacks to answer windows. It returns paging.ErrMoved if rows
// moved and a new view is needed.
func (l list[T]) fill(ctx context.Context, v *paging.View[T], windows []paging.Window, reads *int, may func() bool) error {
	for {
		todo, err := v.Next(windows, l.size, calls.PerSync, may != nil, l.client.cache.entries != nil)
		if err != nil || len(todo) == 0 {
			return err
		}
		if may != nil && !may() {
			return errNoMoreCalls
		}
		if *reads += len(todo); *reads > maxReads*l.maxSize/l.size {
			return errTooManyReads
		}
		if err := l.readInto(ctx, v, todo); err != nil {
			return err
		}
	}
}

// readInto reads pages and adds them to v in order.
func (l list[T]) readInto(ctx context.Context, v *paging.View[T], todo []paging.Read) error {
	came := make([]paging.Arrival[T], len(todo))
	parallel(len(todo), todo, func(r paging.Read) { came[todo[0].K-r.K] = l.read(ctx, r, v.Arrived) })
	return v.Take(todo, came, l.size, func(r paging.Read) paging.Arrival[T] { return l.read(ctx, r, v.Arrived) })
}

// read reads one page, or joins another read of it that began later than the moment after.
func (l list[T]) read(ctx context.Context, r paging.Read, after int64) paging.Arrival[T] {
	key := l.client.flightKey(l.endpoint, l.id, r.Query())
	if l.anyOrder { // it checks pages differently, so it shares no answers with other reads
		key += "*"
	}
	fl, shared, err := l.client.cache.flights.do(ctx, key, after, func(ctx context.Context) (any, error) {
		return l.request(ctx, r)
	})
	if err != nil {
		return paging.Arrival[T]{Err: err, Gone: isNotFound(err)}
	}
	if shared {
		l.client.onRead(ctx, ReadReport{Cached: true, Until: fl.sent.Add(l.lifetime()), AsOf: fl.sent})
	}
	return paging.Arrival[T]{Page: fl.value.(paging.Page[T]), Sent: fl.sent, Landed: fl.landed}
}

// request requests one page from Census and puts its rows in order, oldest first.
func (l list[T]) request(ctx context.Context, r paging.Read) (paging.Page[T], error) {
	began := time.Now()
	answer, err := l.client.calls.Get(ctx, l.endpoint, l.id, r.Query())
	if err != nil {
		l.client.facts.sizes.learn(l.endpoint, r.PerPage(), 0, l.maxSize, err, time.Since(began))
		return paging.Page[T]{}, err
	}
	listing, err := l.decode(answer.Text, r.PerPage())
	answer.Free()
	p := paging.Page[T]{Rows: listing.Rows, Total: listing.Total, PerPage: listing.PerPage}
	l.client.facts.sizes.learn(l.endpoint, r.PerPage(), p.PerPage, l.maxSize, err, 0)
	if err == nil && p.PerPage > 0 && p.PerPage < r.PerPage() {
		err = fmt.Errorf("requested %d rows a page, got %d", r.PerPage(), p.PerPage)
	}
	for i := range p.Rows {
		if err == nil && l.check != nil {
			err = l.check(&p.Rows[i], l.id)
		}
	}
	if err != nil {
		return p, l.endpoint.Unreadable(l.id, err)
	}
	if r.Head > 0 {
		slices.Reverse(p.Rows)
	}
	if l.anyOrder {
		return p, nil
	}
	if err := p.Sort(l.position); err != nil {
		return p, l.endpoint.Unreadable(l.id, err)
	}
	return p, nil
}

func isNotFound(err error) bool { return calls.IsKind(err, calls.NotFound) }
