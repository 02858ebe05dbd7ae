package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A budget limits the calls of a watcher: at most limit in any 60 seconds.
type budget struct {
	mu        sync.Mutex
	limit     int
	ctx       context.Context      // ends with the watcher; then no more calls are made
	inFlight  int                  // calls in progress or reserved
	ended     []time.Time          // when the calls of the last minute ended, in order
	waiting   int                  // reads in progress that wait for another call
	total     int64                // calls since the start
	peerCalls map[string]time.Time // when each other gateway last reported a call; nil: none did
}

// take is a calls.Permit for calls without a reservation.
func (b *budget) take(ctx context.Context) (end func(), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting++
	defer func() { b.waiting-- }()
	for {
		wait := b.delay()
		if err = b.ctx.Err(); err != nil {
			return nil, err
		}
		if wait == 0 {
			b.inFlight++
			b.total++
			return b.end, nil
		}
		b.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			err = ctx.Err()
		case <-b.ctx.Done():
		}
		timer.Stop()
		b.mu.Lock()
		if err != nil {
			return nil, err
		}
	}
}

// delay returns the minimum wait before the next call; 0 if a call may be made now.
func (b *budget) delay() time.Duration {
	now := time.Now()
	for len(b.ended) > 0 && now.Sub(b.ended[0]) >= time.Minute {
		b.ended = b.ended[1:]
	}
	free := b.limit - len(b.ended)
	switch {
	case free > 0 && b.inFlight < max(free/(1+b.activePeers(now)), 1): // each gateway gets an equal share of the free calls
		return 0
	case free > b.inFlight:
		return time.Second
	case len(b.ended) > 0:
		return time.Minute - now.Sub(b.ended[0])
	}
	return time.Second // all calls are in progress
}

func (b *budget) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inFlight--
	b.ended = append(b.ended, time.Now())
}

// reserve reserves a call for a read that is about to begin. It returns nil and the minimum wait if
// none is free. Reads in progress have priority.
func (b *budget) reserve() (*reserved, time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if wait := b.delay(); wait > 0 {
		return nil, wait
	}
	if b.waiting > 0 {
		return nil, time.Second
	}
	b.inFlight++
	return &reserved{budget: b}, 0
}

// A reserved call may be made at any time.
type reserved struct {
	budget *budget
	used   atomic.Bool
}

// take is a calls.Permit. The first call uses the reservation.
func (r *reserved) take(ctx context.Context) (end func(), err error) {
	if r.used.Swap(true) {
		return r.budget.take(ctx)
	}
	r.budget.mu.Lock()
	defer r.budget.mu.Unlock()
	r.budget.total++
	return r.budget.end, nil
}

// release ends the reservation if it was not used.
func (r *reserved) release() {
	if !r.used.Swap(true) {
		r.budget.mu.Lock()
		defer r.budget.mu.Unlock()
		r.budget.inFlight--
	}
}

// calls returns the number of calls since the start.
func (b *budget) calls() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}
