package edge

import (
	"container/list"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A RateLimit is what one caller may ask.
type RateLimit struct {
	PerSecond float64 // requests a second, over time; 0 or less means no limit
	Burst     int     // requests at once; at least 1
}

// Rates holds each caller to one RateLimit. It remembers a bounded number of
// callers and forgets the one longest unseen first; a forgotten caller starts
// with a full burst again. Callers are told apart by Caller.ID, so in
// pass-through mode, where anybody can make up a token, it spreads the load
// among honest callers and does not stop a dishonest one.
type Rates struct {
	mu      sync.Mutex
	limit   RateLimit
	callers map[string]*list.Element
	recent  list.List // of *callerRate, the latest seen in front
}

type callerRate struct {
	id     string
	bucket *rate.Limiter
}

// mostCallers are remembered, which takes about 3 MB.
const mostCallers = 10_000

// NewRates holds callers to limit.
func NewRates(limit RateLimit) *Rates {
	return &Rates{limit: limit, callers: make(map[string]*list.Element)}
}

// take uses up one request of the caller id. If none is left it uses up nothing
// and returns how long to wait, more than 0.
func (r *Rates) take(id string) (wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	booking := r.bucket(id).ReserveN(now, 1)
	if wait = booking.DelayFrom(now); wait > 0 {
		booking.CancelAt(now)
	}
	return wait
}

// bucket finds or makes the caller's; r.mu is held.
func (r *Rates) bucket(id string) *rate.Limiter {
	if e, known := r.callers[id]; known {
		r.recent.MoveToFront(e)
		return e.Value.(*callerRate).bucket
	}
	if len(r.callers) >= mostCallers {
		oldest := r.recent.Back()
		delete(r.callers, r.recent.Remove(oldest).(*callerRate).id)
	}
	bucket := rate.NewLimiter(rate.Limit(r.limit.PerSecond), r.limit.Burst)
	r.callers[id] = r.recent.PushFront(&callerRate{id, bucket})
	return bucket
}

// Middleware answers 429 to a caller over the limit; without a limit it is next.
// It stands inside Authenticate, so that there is a caller.
func (r *Rates) Middleware(next http.Handler) http.Handler {
	if r.limit.PerSecond <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		caller, _ := CallerFrom(req.Context())
		if wait := r.take(caller.ID); wait > 0 {
			Refuse(w, req, &Refusal{Status: http.StatusTooManyRequests, Code: CodeRateLimited, Reason: ForRate,
				Message: "Too many requests from this caller.", RetryAfter: wait})
			return
		}
		next.ServeHTTP(w, req)
	})
}
