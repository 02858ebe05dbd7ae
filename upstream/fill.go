package upstream

import (
	"context"
	"fmt"
	"slices"
	"time"

	"census-gateway/upstream/calls"
)

// fill reads what v lacks to answer windows. Its error is errMoved if v is of no
// use any more.
func (l list[T]) fill(ctx context.Context, v *view[T], windows []Window, reads *int, may func() bool) error {
	for {
		todo, err := v.next(windows, l.size, calls.PerSync, may != nil, l.client.cache.entries != nil)
		if err != nil || len(todo) == 0 {
			return err
		}
		if may != nil && !may() {
			return errSpent
		}
		if *reads += len(todo); *reads > maxReads*l.most/l.size {
			return errTooManyReads
		}
		if err := l.readInto(ctx, v, todo); err != nil {
			return err
		}
	}
}

// readInto reads pages and adds them to v, in their order.
func (l list[T]) readInto(ctx context.Context, v *view[T], todo []read) error {
	came := make([]arrival[T], len(todo))
	each(len(todo), todo, func(r read) { came[todo[0].k-r.k] = l.read(ctx, r, v.arrived) })
	return v.take(todo, came, l.size, func(r read) arrival[T] { return l.read(ctx, r, v.arrived) })
}

// read reads one page, or joins others that read it if they began after the
// moment after.
func (l list[T]) read(ctx context.Context, r read, after int64) arrival[T] {
	key := l.client.calls.Name() + l.endpoint.Path(l.id) + r.query()
	fl, shared, err := l.client.cache.flights.do(ctx, key, after, func(ctx context.Context) (any, error) {
		return l.ask(ctx, r)
	})
	if err != nil {
		return arrival[T]{err: err, gone: isNotFound(err)}
	}
	if shared {
		l.client.onRead(ctx, Read{Cached: true, Until: fl.sent.Add(l.life())})
	}
	return arrival[T]{page: fl.value.(page[T]), sent: fl.sent, landed: fl.landed}
}

// ask asks Census for one page and turns its rows oldest first.
func (l list[T]) ask(ctx context.Context, r read) (page[T], error) {
	began := time.Now()
	answer, err := l.client.calls.Get(ctx, l.endpoint, l.id, r.query())
	if err != nil {
		l.suits(r, 0, err, time.Since(began))
		return page[T]{}, err
	}
	told, err := l.decode(answer.Text, r.perPage())
	answer.Free()
	p := page[T]{rows: told.Rows, total: told.Total, perPage: told.PerPage}
	l.suits(r, p.perPage, err, 0)
	if err == nil && p.perPage > 0 && p.perPage < r.perPage() {
		err = fmt.Errorf("asked for %d rows a page, got %d", r.perPage(), p.perPage)
	}
	for i := range p.rows {
		if err == nil && l.check != nil {
			err = l.check(&p.rows[i])
		}
	}
	if err != nil {
		return p, l.endpoint.Unreadable(l.id, err)
	}
	if r.head > 0 {
		slices.Reverse(p.rows)
	}
	if err := p.sort(l.position); err != nil {
		return p, l.endpoint.Unreadable(l.id, err)
	}
	return p, nil
}
