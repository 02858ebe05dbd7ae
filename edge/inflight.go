package edge

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"census-gateway/internal/errcodes"
)

// An InFlight limits the number of operations running at once. An operation beyond the limit
// waits briefly and is then rejected: a rejection costs nothing, but a queue delays everybody.
type InFlight struct {
	slots   chan struct{} // holds one token for each running operation
	waiting atomic.Int64
}

// slotWait is how long an operation waits for a slot.
const slotWait = 100 * time.Millisecond

// NewInFlight allows max concurrent operations. At most max others wait.
func NewInFlight(max int) *InFlight {
	return &InFlight{slots: make(chan struct{}, max)}
}

// acquire takes a slot. It returns false if no slot becomes free in time, or if ctx ends first.
func (f *InFlight) acquire(ctx context.Context) bool {
	select {
	case f.slots <- struct{}{}:
		return true
	default:
	}
	defer f.waiting.Add(-1)
	if f.waiting.Add(1) > int64(cap(f.slots)) {
		return false
	}
	timer := time.NewTimer(slotWait)
	defer timer.Stop()
	select {
	case f.slots <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

// A slot of a running operation.
type slot struct {
	of       *InFlight
	released atomic.Bool
}

// release gives the slot back, once.
func (s *slot) release() {
	if !s.released.Swap(true) {
		<-s.of.slots
	}
}

// Middleware holds a slot for every request while it is served.
func (f *InFlight) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.acquire(r.Context()) {
			Refuse(w, r, overloaded()) // also if the client has left, since nobody reads it then
			return
		}
		s := &slot{of: f}
		defer s.release()
		if k := requestInfoOf(r.Context()); k != nil {
			k.slot = s
		}
		next.ServeHTTP(w, r)
	})
}

func overloaded() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded, Reason: ForInFlight,
		Message: "The gateway is busy. Try again in a moment.", RetryAfter: time.Second}
}
