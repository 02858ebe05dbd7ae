package edge

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// An InFlight bounds how many operations run at once. One that finds no place
// waits a little and is then refused: a refusal costs nothing, a queue costs
// everybody.
type InFlight struct {
	places  chan struct{} // holds one token for each operation running
	leave   func()        // gives one back
	wait    time.Duration
	waiting atomic.Int64
}

// NewInFlight allows max operations at once (0 means 256), each waiting at most
// wait for its place (0 means 100 ms, negative means not at all). No more than
// max wait at once.
func NewInFlight(max int, wait time.Duration) *InFlight {
	if max <= 0 {
		max = 256
	}
	if wait == 0 {
		wait = 100 * time.Millisecond
	}
	places := make(chan struct{}, max)
	return &InFlight{places: places, leave: func() { <-places }, wait: wait}
}

// Count is how many operations hold a place now.
func (f *InFlight) Count() int { return len(f.places) }

// Max is how many may.
func (f *InFlight) Max() int { return cap(f.places) }

// Acquire takes a place; leave gives it back and is called once. The error is a
// *Refusal with OVERLOADED, or that of ctx if it ended first. A transport of
// long connections calls it for each of its operations.
func (f *InFlight) Acquire(ctx context.Context) (leave func(), err error) {
	select {
	case f.places <- struct{}{}:
		return f.leave, nil
	default:
	}
	if f.wait < 0 {
		return nil, overloaded()
	}
	defer f.waiting.Add(-1)
	if f.waiting.Add(1) > int64(cap(f.places)) {
		return nil, overloaded()
	}
	timer := time.NewTimer(f.wait)
	defer timer.Stop()
	select {
	case f.places <- struct{}{}:
		return f.leave, nil
	case <-timer.C:
		return nil, overloaded()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Middleware gives every request a place while it is served. WebSocket upgrades
// pass without one: they last for hours, and their operations use Acquire.
func (f *InFlight) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isUpgrade(r) {
			next.ServeHTTP(w, r)
			return
		}
		leave, err := f.Acquire(r.Context())
		if err != nil {
			Refuse(w, r, overloaded()) // also if the client left: nobody reads it
			return
		}
		defer leave()
		next.ServeHTTP(w, r)
	})
}

func overloaded() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: CodeOverloaded,
		Message: "The gateway is busy. Try again in a moment.", RetryAfter: time.Second}
}
