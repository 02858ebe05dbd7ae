package edge

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"census-gateway/internal/errcodes"
)

// An Ended is the reason why the gateway ended a stream.
type Ended struct {
	code int
	why  string
}

func (e *Ended) Error() string { return e.why }

// CloseCode returns the code that closes a WebSocket: 1012 if the client may connect again
// at once, 4403 if it needs new credentials.
func (e *Ended) CloseCode() int { return e.code }

var (
	errDraining = &Ended{1012, "The gateway is stopping. Connect again."}
	errMaxTime  = &Ended{1012, "The connection reached its maximum time. Connect again."}
	errExpired  = &Ended{4403, "Your credentials have expired. Connect with new ones."}
)

// maxStreamTime is the maximum time of a stream. Each stream ends up to a tenth earlier, at
// random, so that not all clients connect again at once.
const maxStreamTime = time.Hour

// Streams counts and ends the long answers: subscriptions and WebSocket connections.
type Streams struct {
	most     int // maximum subscriptions of one caller
	draining context.Context
	drain    context.CancelFunc
	open     sync.WaitGroup

	mu       sync.Mutex
	byCaller map[string]int // subscriptions, by caller
}

// NewStreams returns Streams with at most that many open subscriptions for each caller.
func NewStreams(most int) *Streams {
	draining, drain := context.WithCancel(context.Background())
	return &Streams{most: most, draining: draining, drain: drain, byCaller: make(map[string]int)}
}

// Drain ends all streams, so that their clients connect elsewhere.
func (s *Streams) Drain() { s.drain() }

// Wait waits for all streams to end, but not longer than most.
func (s *Streams) Wait(most time.Duration) {
	over := make(chan struct{})
	go func() { s.open.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(most):
	}
}

// Open returns the number of open subscriptions.
func (s *Streams) Open() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.byCaller {
		n += of
	}
	return n
}

// Subscribe is [Streams.Connect] for a subscription of ctx's caller. It releases the
// request's slot in InFlight. It returns a refusal if the caller has too many
// subscriptions.
func (s *Streams) Subscribe(ctx context.Context) (lasting context.Context, end func(), refusal *Refusal) {
	caller, _ := CallerFrom(ctx)
	s.mu.Lock()
	full := s.byCaller[caller.ID] >= s.most
	if !full {
		s.byCaller[caller.ID]++
	}
	s.mu.Unlock()
	if full {
		return ctx, func() {}, &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded,
			Message: "You have too many subscriptions open. End some of them.", RetryAfter: 10 * time.Second}
	}
	if k := requestInfoOf(ctx); k != nil && k.slot != nil {
		k.slot.release()
	}
	lasting, over := s.Connect(ctx)
	return lasting, func() {
		over()
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.byCaller[caller.ID]--; s.byCaller[caller.ID] == 0 {
			delete(s.byCaller, caller.ID)
		}
	}, nil
}

// Connect returns a context for a stream that answers ctx's request. The context ends when
// the client leaves, the caller's credentials expire, the maximum time of an hour is over,
// or the gateway stops. Call end when the stream ends.
func (s *Streams) Connect(ctx context.Context) (lasting context.Context, end func()) {
	s.open.Add(1)
	left := ctx
	if k := requestInfoOf(ctx); k != nil {
		left = k.Context // the request's own, without the timeouts that layers add
	}
	lasting, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	atLeaving := context.AfterFunc(left, func() { cancel(context.Cause(left)) })
	atDrain := context.AfterFunc(s.draining, func() { cancel(errDraining) })
	life, why := maxStreamTime-rand.N(maxStreamTime/10), errMaxTime
	if caller, ok := CallerFrom(ctx); ok && !caller.Expires.IsZero() && time.Until(caller.Expires) < life {
		life, why = time.Until(caller.Expires), errExpired
	}
	timer := time.AfterFunc(life, func() { cancel(why) })
	return lasting, func() {
		timer.Stop()
		atLeaving()
		atDrain()
		cancel(nil)
		s.open.Done()
	}
}

// HandshakeCSRF is [CSRF] for the handshake of a WebSocket, which cannot have proof. If all
// origins are allowed, it returns nil: callers then need credentials of their own, which a
// page does not know.
func HandshakeCSRF(origins Origins) func(http.Handler) http.Handler {
	if origins.all {
		return nil
	}
	return CSRF(origins)
}
