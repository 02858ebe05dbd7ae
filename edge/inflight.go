package edge

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"census-gateway/internal/errcodes"
)

// An InFlight bounds how many operations run at once. One that finds no place
// waits a little and is then refused: a refusal costs nothing, a queue costs
// everybody.
type InFlight struct {
	places  chan struct{} // holds one token for each operation running
	waiting atomic.Int64
}

// placeWait is how long an operation waits for its place.
const placeWait = 100 * time.Millisecond

// NewInFlight allows max operations at once. No more than max wait at once.
func NewInFlight(max int) *InFlight {
	return &InFlight{places: make(chan struct{}, max)}
}

// acquire takes a place; false if there is none, or if ctx ended first.
func (f *InFlight) acquire(ctx context.Context) bool {
	select {
	case f.places <- struct{}{}:
		return true
	default:
	}
	defer f.waiting.Add(-1)
	if f.waiting.Add(1) > int64(cap(f.places)) {
		return false
	}
	timer := time.NewTimer(placeWait)
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
	return &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded, Reason: ForInFlight,
		Message: "The gateway is busy. Try again in a moment.", RetryAfter: time.Second}
}
