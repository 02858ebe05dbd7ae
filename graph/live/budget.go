package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A budget bounds the calls of any minute: no 60 seconds have more.
type budget struct {
	mu      sync.Mutex
	most    int
	over    context.Context      // it ends with the watcher, and no call is made any more
	open    int                  // calls that are under way, or reserved
	ended   []time.Time          // when calls of the last minute ended, in order
	waiting int                  // who need a further call for what they have begun
	calls   int64                // since the start
	heard   map[string]time.Time // other gateways, and when each last told of a call; nil: none has
}

// take is a leave, for calls that nothing was reserved for.
func (b *budget) take(ctx context.Context) (end func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting++
	defer func() { b.waiting-- }()
	for {
		wait := b.wait()
		if err = b.over.Err(); err != nil {
			return nil, err
		}
		if wait == 0 {
			b.open++
			b.calls++
			return b.end, nil
		}
		b.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = ctx.Err()
		case <-b.over.Done():
		}
		timer.Stop()
		b.mu.Lock()
		if err != nil {
			return nil, err
		}
	}
}

// wait is how long to wait at least for a call; 0: none.
func (b *budget) wait() time.Duration {
	now := time.Now()
	for len(b.ended) > 0 && now.Sub(b.ended[0]) >= time.Minute {
		b.ended = b.ended[1:]
	}
	free := b.most - len(b.ended)
	switch {
	case free > 0 && b.open < max(free/(1+b.peers(now)), 1): // each gateway has its part of what is free
		return 0
	case free > b.open:
		return time.Second
	case len(b.ended) > 0:
		return time.Minute - now.Sub(b.ended[0])
	}
	return time.Second // all calls are under way
}

func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open--
	b.ended = append(b.ended, time.Now())
}

// reserve is a call for what is about to begin; nil if none may be made, and then how long
// to wait at least. Reads that have begun go first.
func (b *budget) reserve() (*reserved, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.wait(); wait > 0 {
		return nil, wait
	}
	if b.waiting > 0 {
		return nil, time.Second
	}
	b.open++
	return &reserved{budget: b}, 0
}

// A reserved call may be made at any time.
type reserved struct {
	budget *budget
	used   atomic.Bool
}

// take is a leave: for the reserved call first, then for others.
func (r *reserved) take(ctx context.Context) (end func(), err error) {
	if r.used.Swap(true) {
		return r.budget.take(ctx)
	}
	r.budget.mu.Lock()
	defer r.budget.mu.Unlock()
	r.budget.calls++
	return r.budget.end, nil
}

// giveBack ends the reservation if it was not used.
func (r *reserved) giveBack() {
	if !r.used.Swap(true) {
		r.budget.mu.Lock()
		defer r.budget.mu.Unlock()
		r.budget.open--
	}
}

// made is how many calls were made since the start.
func (b *budget) made() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}
