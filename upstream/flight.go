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

// flights share equal questions to Census that are asked at the same time, of
// whatever operation. The question goes on when who asked first leaves, until
// the time that one had is up; who has more asks again.
type flights struct {
	mu  sync.Mutex
	now int64 // counts departures and landings
	m   map[string]*flight
}

// A flight is one question under way.
type flight struct {
	departed int64     // flights.now when it began
	sent     time.Time // the same by the clock
	due      time.Time // the deadline of who asked first; zero: it had none
	done     chan struct{}

	// Once it is done:
	landed  int64 // flights.now when the answer was there
	value   any
	err     error
	expired bool // its time was up
}

// do answers key by ask, or by the answer to another's ask that departed after
// the moment after (0: whenever). It returns the flight, which is done unless there
// is an error, and whether it is another's. Those who share a flight share its
// moments too: what they ask next is one flight again, whoever of them asks first.
func (f *flights) do(ctx context.Context, key string, after int64, ask func(context.Context) (any, error)) (fl *flight, shared bool, err error) {
	f.mu.Lock()
	fl, shared = f.m[key]
	if shared = shared && fl.departed > after; !shared {
		f.now++
		fl = &flight{departed: f.now, sent: time.Now(), done: make(chan struct{})}
		fl.due, _ = ctx.Deadline()
		if f.m == nil {
			f.m = make(map[string]*flight)
		}
		f.m[key] = fl
		go f.fly(ctx, key, fl, ask)
	}
	f.mu.Unlock()
	due, limited := ctx.Deadline()
	var patience <-chan time.Time // nil: one's own flight ends in time
	if shared && limited {
		t := time.NewTimer(beforehand(due))
		defer t.Stop()
		patience = t.C
	}
	select {
	case <-fl.done:
		if shared && fl.expired && ctx.Err() == nil && (!limited || due.After(fl.due)) {
			return f.do(ctx, key, after, ask)
		}
		return fl, shared, fl.err
	case <-patience:
		return nil, shared, context.DeadlineExceeded
	case <-ctx.Done():
		return nil, shared, ctx.Err()
	}
}

// beforehand is the time until a little before due, when waiting for Census ends,
// so that there is time to answer with what is kept.
func beforehand(due time.Time) time.Duration {
	left := time.Until(due)
	return left - min(left/10, 250*time.Millisecond)
}

func (f *flights) fly(ctx context.Context, key string, fl *flight, ask func(context.Context) (any, error)) {
	stack.Grow()
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		f.mu.Lock()
		f.now++
		fl.landed = f.now
		if f.m[key] == fl {
			delete(f.m, key)
		}
		f.mu.Unlock()
		close(fl.done)
	}()
	limit := calls.CallTimeout
	if !fl.due.IsZero() {
		limit = beforehand(fl.due)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	fl.value, fl.err = ask(ctx)
	fl.expired = ctx.Err() != nil
}
