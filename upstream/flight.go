package upstream

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"
)

// flights share equal questions to Census that are asked at the same time, of
// whatever operation. The question goes on when who asked first leaves, until
// the time that one had is up; who has more asks again.
type flights struct {
	mu  sync.Mutex
	now int64 // counts departures and arrivals
	m   map[string]*flight
}

// A flight is one question under way.
type flight struct {
	departed int64     // flights.now when it began
	sent     time.Time // the same by the clock
	done     chan struct{}
	value    any
	err      error
	expired  bool // its time was up
}

// moment is now, by the count of flights.
func (f *flights) moment() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	return f.now
}

// do answers key by ask, or by the answer to another's ask that departed after
// the moment after (0: whenever). It reports when the question was sent and
// whether another sent it.
func (f *flights) do(ctx context.Context, key string, after int64, ask func(context.Context) (any, error)) (value any, sent time.Time, shared bool, err error) {
	f.mu.Lock()
	fl, shared := f.m[key]
	if shared = shared && fl.departed > after; !shared {
		f.now++
		fl = &flight{departed: f.now, sent: time.Now(), done: make(chan struct{})}
		if f.m == nil {
			f.m = make(map[string]*flight)
		}
		f.m[key] = fl
		go f.fly(ctx, key, fl, ask)
	}
	f.mu.Unlock()
	select {
	case <-fl.done:
		if shared && fl.expired && ctx.Err() == nil {
			return f.do(ctx, key, after, ask)
		}
		return fl.value, fl.sent, shared, fl.err
	case <-ctx.Done():
		return nil, fl.sent, shared, ctx.Err()
	}
}

func (f *flights) fly(ctx context.Context, key string, fl *flight, ask func(context.Context) (any, error)) {
	GrowStack()
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		f.mu.Lock()
		if f.m[key] == fl {
			delete(f.m, key)
		}
		f.mu.Unlock()
		close(fl.done)
	}()
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(callTimeout)
	}
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), deadline)
	defer cancel()
	fl.value, fl.err = ask(ctx)
	fl.expired = ctx.Err() != nil
}
