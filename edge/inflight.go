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
	return &InFlight{places: make(chan struct{}, max), wait: wait}
}

// Count is how many operations hold a place now.
func (f *InFlight) Count() int { return len(f.places) }

// Max is how many may.
func (f *InFlight) Max() int { return cap(f.places) }

// acquire takes a place; false if there is none, or if ctx ended first.
func (f *InFlight) acquire(ctx context.Context) bool {
	select {
	case f.places <- struct{}{}:
		return true
	default:
	}
	if f.wait < 0 {
		return false
	}
	defer f.waiting.Add(-1)
	if f.waiting.Add(1) > int64(cap(f.places)) {
		return false
	}
	timer := time.NewTimer(f.wait)
	defer timer.Stop()
	select {
	case f.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

// Middleware gives every request a place while it is served.
func (f *InFlight) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.acquire(r.Context()) {
			Refuse(w, r, overloaded()) // also if the client left: nobody reads it
			return
		}
		defer func() { <-f.places }()
		next.ServeHTTP(w, r)
	})
}

func overloaded() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: CodeOverloaded,
		Message: "The gateway is busy. Try again in a moment.", RetryAfter: time.Second}
}
