package upstream

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"census-gateway/internal/stack"
	"census-gateway/upstream/calls"
)

// flights share equal requests to Census that are made at the same time, by any operation.
// When the first caller leaves, its request goes on until that caller's deadline. A caller
// with a later deadline then repeats the request.
type flights struct {
	mu    sync.Mutex
	count int64 // counts departures and landings
	m     map[string]*flight
}

// A flight is one request under way.
type flight struct {
	departed int64     // flights.count when it began
	sent     time.Time // the same by the clock
	deadline time.Time // deadline of the caller that began it; zero: none
	done     chan struct{}

	// Once it is done:
	landed  int64 // flights.count when the answer arrived
	value   any
	err     error
	expired bool // it ran out of time
}

// now returns the present moment: later flights depart after it.
func (f *flights) now() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

// do answers key by calling ask, or by joining a flight for key that departed later than the
// moment after (0: at any time). It returns the flight and whether another caller began it.
// The flight is done unless there is an error. Callers of one flight share its moments, so
// their next requests become one flight again, whichever comes first.
func (f *flights) do(ctx context.Context, key string, after int64, ask func(context.Context) (any, error)) (fl *flight, shared bool, err error) {
	f.mu.Lock()
	fl, shared = f.m[key]
	if shared = shared && fl.departed > after; !shared {
		f.count++
		fl = &flight{departed: f.count, sent: time.Now(), done: make(chan struct{})}
		fl.deadline, _ = ctx.Deadline()
		if f.m == nil {
			f.m = make(map[string]*flight)
		}
		f.m[key] = fl
		go f.run(ctx, key, fl, ask)
	}
	f.mu.Unlock()
	due, limited := ctx.Deadline()
	var patience <-chan time.Time // nil: one's own flight ends in time
	if shared && limited {
		t := time.NewTimer(waitLimit(due))
		defer t.Stop()
		patience = t.C
	}
	select {
	case <-fl.done:
		if shared && fl.expired && ctx.Err() == nil && (!limited || due.After(fl.deadline)) {
			return f.do(ctx, key, after, ask)
		}
		return fl, shared, fl.err
	case <-patience:
		return nil, shared, context.DeadlineExceeded
	case <-ctx.Done():
		return nil, shared, ctx.Err()
	}
}

// waitLimit returns the time until shortly before a deadline. The wait for Census ends then, to
// leave time for an answer from the cache.
func waitLimit(deadline time.Time) time.Duration {
	left := time.Until(deadline)
	return left - min(left/10, 250*time.Millisecond)
}

func (f *flights) run(ctx context.Context, key string, fl *flight, ask func(context.Context) (any, error)) {
	stack.Grow()
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		f.mu.Lock()
		f.count++
		fl.landed = f.count
		if f.m[key] == fl {
			delete(f.m, key)
		}
		f.mu.Unlock()
		close(fl.done)
	}()
	limit := calls.CallTimeout
	if !fl.deadline.IsZero() {
		limit = waitLimit(fl.deadline)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	fl.value, fl.err = ask(ctx)
	fl.expired = ctx.Err() != nil
}
