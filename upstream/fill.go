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
	var proof read
	for tied := may == nil; ; {
		todo := plan(v, windows, l.size)
		if may == nil && len(todo) == 0 {
			todo = v.border(windows, l.size)
		}
		group, doubtful := 0, false
		if len(todo) == 0 {
			group, doubtful = v.doubtful(windows)
		}
		beyond, unsure := v.beyond(l.size)
		switch {
		case len(todo) > 0:
		case v.torn:
			return errTies
		case unsure:
			todo = []read{beyond}
		case doubtful:
			was := proof
			if proof = v.proof(group, l.size); proof == was {
				v.stuck = true
				return errMoved
			}
			todo = []read{proof}
		case !tied && l.loose(v): // a scan has what it read tied to the epoch, for what follows to be kept
			todo, tied = []read{v.proof(0, l.size)}, true
		}
		if v.broken {
			return errMoved
		}
		if len(todo) == 0 {
			return nil
		}
		if todo[0].tie {
			v.looks++
		}
		if may == nil {
			todo = v.together(todo)
		} else if todo = todo[:1]; !may() {
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

// together are those of todo, from the first on, that may be read at once: chunks
// next to each other, below a row that has been read. If old rows are removed
// meanwhile, the topmost of those read after that reaches into what was read
// before, which shows.
func (v *view[T]) together(todo []read) []read {
	first := todo[0]
	if _, below := v.at((first.k + 1) * first.size); first.head > 0 || !below || v.crooked && !v.linked {
		return todo[:1]
	}
	n := 1
	for n < min(len(todo), calls.PerSync) && todo[n].head == 0 && todo[n].k == first.k-n {
		n++
	}
	return todo[:n]
}

// readInto reads pages and adds them to v, in their order.
func (l list[T]) readInto(ctx context.Context, v *view[T], todo []read) error {
	arrivals := make([]arrival[T], len(todo))
	each(len(todo), todo, func(r read) { arrivals[todo[0].k-r.k] = l.read(ctx, r, v.arrived) })
	least, most := max(v.total, v.floor, 0), 0
	for _, a := range arrivals {
		v.arrived = max(v.arrived, a.landed)
		most = max(most, a.total)
	}
	for i, a := range arrivals {
		next := todo[i]
		if a.total >= least { // rows may be added meanwhile, and pages read at once come in any order
			a.total = most
		}
		gone := next.k > 0 && isNotFound(a.err)
		if gone { // past the end? the head knows, and whether the list is there at all
			next = read{head: l.size, size: l.size}
			a = l.read(ctx, next, v.arrived)
			v.arrived = max(v.arrived, a.landed)
		}
		if a.err != nil {
			return a.err
		}
		if err := v.add(next, a.page, a.sent); err != nil {
			return err
		}
		switch past := todo[i].k * l.size; {
		case gone && v.deaf:
			v.most = min(v.most, past)
		case gone && v.total > past: // and yet the total has rows there
			return errMoved
		case !v.linked && i+1 < len(todo): // what was read below at the same time proves nothing then
			return nil
		}
		if gone && v.total < 0 { // the head does not know: there are no rows there
			v.learnTotal(todo[i], -1, segment[T]{first: todo[i].k * l.size})
		}
	}
	return nil
}

// An arrival is a page that came, or why it did not.
type arrival[T any] struct {
	page[T]
	sent   time.Time // when it was asked for
	landed int64     // when it was there, by the count of flights
	err    error
}

// read reads one page, or joins others that read it if they began after the
// moment after.
func (l list[T]) read(ctx context.Context, r read, after int64) arrival[T] {
	key := l.client.calls.Name() + l.endpoint.Path(l.id) + r.query()
	fl, shared, err := l.client.cache.flights.do(ctx, key, after, func(ctx context.Context) (any, error) {
		return l.ask(ctx, r)
	})
	if err != nil {
		return arrival[T]{err: err}
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
