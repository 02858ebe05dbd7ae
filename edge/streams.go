package edge

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"census-gateway/internal/errcodes"
)

// An Ended is why a stream ended that was not its client's doing. Its code is that of a
// closing WebSocket.
type Ended struct {
	code int
	why  string
}

func (e *Ended) Error() string { return e.why }

// CloseCode is 1012 where the client may connect again at once, 4403 where it needs other
// credentials.
func (e *Ended) CloseCode() int { return e.code }

var (
	errDraining = &Ended{1012, "The gateway stops. Connect again."}
	errMaxTime  = &Ended{1012, "The connection has lasted long enough. Connect again."}
	errExpired  = &Ended{4403, "Your credentials have expired."}
)

// maxStreamTime is how long a stream lasts at most. They end a little earlier, each at its own
// time, so that not all clients come back at once.
const maxStreamTime = time.Hour

// Streams are the answers that last: subscriptions, and the connections of WebSockets.
type Streams struct {
	most     int // subscriptions of one caller
	draining context.Context
	drain    context.CancelFunc
	open     sync.WaitGroup

	mu       sync.Mutex
	byCaller map[string]int // subscriptions, by caller
}

// NewStreams lets each caller have at most so many subscriptions at once.
func NewStreams(most int) *Streams {
	draining, drain := context.WithCancel(context.Background())
	return &Streams{most: most, draining: draining, drain: drain, byCaller: make(map[string]int)}
}

// Drain tells all clients to connect elsewhere.
func (s *Streams) Drain() { s.drain() }

// Wait waits for all streams to end, as long as that.
func (s *Streams) Wait(most time.Duration) {
	over := make(chan struct{})
	go func() { s.open.Wait(); close(over) }()
	select {
	case <-over:
	case <-time.After(most):
	}
}

// Open is how many subscriptions are open.
func (s *Streams) Open() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, of := range s.byCaller {
		n += of
	}
	return n
}

// Subscribe is [Streams.Connect] for a subscription of the caller of ctx. Its slot among the
// operations under way goes to others. A refusal means that the caller has too many.
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
	if k := requestInfoOf(ctx); k != nil && k.releaseSlot != nil {
		k.releaseSlot()
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

// Connect has what ctx's request is answered with last until its client leaves, the caller's
// credentials expire, an hour is over, or the gateway stops. end must be called.
func (s *Streams) Connect(ctx context.Context) (lasting context.Context, end func()) {
	s.open.Add(1)
	left := ctx
	if k := requestInfoOf(ctx); k != nil {
		left = k.Context // whatever the layers add
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

// HandshakeCSRF is [CSRF] for the handshake of a WebSocket, which carries no proof. Where all
// origins are allowed callers have credentials of their own, which a page does not know.
func HandshakeCSRF(origins Origins) func(http.Handler) http.Handler {
	if origins.all {
		return nil
	}
	return CSRF(origins)
}
