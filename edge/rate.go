package edge

import (
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"census-gateway/internal/errcodes"
	"census-gateway/internal/lru"
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
	callers *lru.Cache[*rate.Limiter]
}

// mostCallers are remembered, which takes about 3 MB.
const mostCallers = 10_000

// NewRates holds callers to limit.
func NewRates(limit RateLimit) *Rates {
	return &Rates{limit: limit, callers: lru.New[*rate.Limiter](mostCallers)}
}

// take uses up one request of the caller id, and tells how many are left at once. If none
// is left it uses up nothing and returns how long to wait, more than 0.
func (r *Rates) take(id string) (left float64, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	bucket := r.bucket(id)
	booking := bucket.ReserveN(now, 1)
	if wait = booking.DelayFrom(now); wait > 0 {
		booking.CancelAt(now)
	}
	return max(bucket.TokensAt(now), 0), wait
}

// tell writes the headers of draft-ietf-httpapi-ratelimit-headers-11: the burst as what
// may be asked in the seconds in which it comes again, what is left of it, and when it
// is whole again.
func (l RateLimit) tell(h http.Header, left float64) {
	seconds := func(requests float64) int64 { return int64(math.Ceil(requests / l.PerSecond)) }
	h["Ratelimit-Policy"] = []string{fmt.Sprintf(`"caller";q=%d;w=%d`, l.Burst, max(seconds(float64(l.Burst)), 1))}
	h["Ratelimit"] = []string{fmt.Sprintf(`"caller";r=%d;t=%d`, int64(left), seconds(float64(l.Burst)-left))}
}

// bucket finds or makes the caller's; r.mu is held.
func (r *Rates) bucket(id string) *rate.Limiter {
	bucket, known := r.callers.Get(id)
	if !known {
		bucket = rate.NewLimiter(rate.Limit(r.limit.PerSecond), r.limit.Burst)
		r.callers.Put(id, bucket, 1)
	}
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
		left, wait := r.take(caller.ID)
		r.limit.tell(w.Header(), left)
		if wait > 0 {
			Refuse(w, req, &Refusal{Status: http.StatusTooManyRequests, Code: errcodes.RateLimited, Reason: ForRate,
				Message: "Too many requests from this caller.", RetryAfter: wait})
			return
		}
		next.ServeHTTP(w, req)
	})
}
