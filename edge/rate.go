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

// A RateLimit is the request rate that one caller may use.
type RateLimit struct {
	PerSecond float64 // average requests per second; 0 or less means no limit
	Burst     int     // requests in a burst; at least 1
}

// Rates limits the request rate of each caller. It remembers a limited number of callers and
// evicts the one that was idle longest; that caller then starts with a full burst. Callers are
// distinguished by Caller.ID. In pass-through mode anyone can make up a token, so Rates balances
// the load of honest callers but does not stop a dishonest one.
type Rates struct {
	mu      sync.Mutex
	limit   RateLimit
	callers *lru.Cache[*rate.Limiter]
}

// maxCallers is the number of callers remembered, which takes about 3 MB.
const maxCallers = 10_000

// NewRates returns Rates with the given limit for each caller.
func NewRates(limit RateLimit) *Rates {
	return &Rates{limit: limit, callers: lru.New[*rate.Limiter](maxCallers)}
}

// take uses one request of the caller id, and returns how many are left in the burst. If none is
// left, it uses nothing and returns how long to wait, more than 0.
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

// setHeaders writes the headers of draft-ietf-httpapi-ratelimit-headers-11: the burst and the
// seconds in which it refills, the requests left, and when the burst is full again.
func (l RateLimit) setHeaders(h http.Header, left float64) {
	seconds := func(requests float64) int64 { return int64(math.Ceil(requests / l.PerSecond)) }
	h["Ratelimit-Policy"] = []string{fmt.Sprintf(`"caller";q=%d;w=%d`, l.Burst, max(seconds(float64(l.Burst)), 1))}
	h["Ratelimit"] = []string{fmt.Sprintf(`"caller";r=%d;t=%d`, int64(left), seconds(float64(l.Burst)-left))}
}

// bucket returns the caller's limiter, a new one if needed; r.mu is held.
func (r *Rates) bucket(id string) *rate.Limiter {
	bucket, known := r.callers.Get(id)
	if !known {
		bucket = rate.NewLimiter(rate.Limit(r.limit.PerSecond), r.limit.Burst)
		r.callers.Put(id, bucket, 1)
	}
	return bucket
}

// Middleware answers 429 to a caller over the limit. Without a limit it returns next. It belongs
// inside of Authenticate, which adds the caller.
func (r *Rates) Middleware(next http.Handler) http.Handler {
	if r.limit.PerSecond <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		caller, _ := CallerFrom(req.Context())
		left, wait := r.take(caller.ID)
		r.limit.setHeaders(w.Header(), left)
		if wait > 0 {
			Refuse(w, req, &Refusal{Status: http.StatusTooManyRequests, Code: errcodes.RateLimited, Reason: ForRate,
				Message: "Too many requests from this caller.", RetryAfter: wait})
			return
		}
		next.ServeHTTP(w, req)
	})
}
