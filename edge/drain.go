package edge

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// A Drain says how a server ends. The zero value suits a process without a
// balancer in front.
type Drain struct {
	// LameDuck is how long the server goes on as before once OnDrain has been
	// called, so that a balancer notices; 0 means not at all.
	LameDuck time.Duration
	// Finish is what requests under way get to end by themselves; 0 means 20 s.
	Finish time.Duration
	// Settle is what they get after that, with their contexts cancelled, to
	// write what they have; 0 means 1 s.
	Settle time.Duration
	// OnDrain is called first; readiness fails from then on. May be nil.
	OnDrain func()
	// Log gets a line for each step; nil drops them.
	Log *slog.Logger
}

// Serve serves every listener until ctx ends, then drains, and returns nil. If
// a listener fails it drains as well and returns that error. The steps: OnDrain;
// lame duck; streams are told (see Draining), keep-alives end and listeners
// close; requests finish; contexts of the rest are cancelled; connections that
// still live are cut. It replaces srv.BaseContext and wraps srv.Handler, so each
// server is served once.
//
// Requests do not inherit the end of ctx, only its values. A second signal
// should end the process the hard way: call the stop function of
// signal.NotifyContext in OnDrain.
func (d Drain) Serve(ctx context.Context, srv *http.Server, listeners ...net.Listener) error {
	if d.Finish == 0 {
		d.Finish = 20 * time.Second
	}
	if d.Settle == 0 {
		d.Settle = time.Second
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	draining := make(chan struct{})
	base, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), drainingKey{}, draining))
	defer cancel()
	srv.BaseContext = func(net.Listener) context.Context { return base }
	var work tally
	srv.Handler = work.count(srv.Handler)

	failed := make(chan error, len(listeners))
	for _, l := range listeners {
		go func() { failed <- srv.Serve(l) }()
	}
	var broken error
	select {
	case <-ctx.Done():
	case broken = <-failed:
		d.Log.Error("listener failed", "error", broken)
	}

	d.Log.Info("draining", "lameDuck", d.LameDuck, "finish", d.Finish)
	if d.OnDrain != nil {
		d.OnDrain()
	}
	if broken == nil { // else nobody can reach it any more
		time.Sleep(d.LameDuck)
	}
	srv.SetKeepAlivesEnabled(false)
	close(draining)
	finish, done := context.WithTimeout(base, d.Finish)
	defer done()
	srv.Shutdown(finish) // its error is that of finish
	// Shutdown does not know of connections that became WebSockets.
	if !work.over(finish) {
		d.Log.Warn("cancelling what did not finish", "requests", work.now())
		cancel()
		settle, settled := context.WithTimeout(context.Background(), d.Settle)
		defer settled()
		srv.Shutdown(settle) // an answer is on its way only after its handler has returned
		if !work.over(settle) {
			d.Log.Warn("cutting connections", "requests", work.now())
		}
	}
	srv.Close()
	d.Log.Info("drained")
	if errors.Is(broken, http.ErrServerClosed) {
		return nil
	}
	return broken
}

type drainingKey struct{}

// Draining returns a channel that is closed when the server wants to end.
// Streams watch it beside their context: a WebSocket closes with 1001, an event
// stream ends. Nil, which never is ready, outside of Drain.Serve.
func Draining(ctx context.Context) <-chan struct{} {
	draining, _ := ctx.Value(drainingKey{}).(chan struct{})
	return draining
}

// A tally counts the requests being served, also those whose connection was
// hijacked.
type tally struct {
	mu    sync.Mutex
	n     int
	empty chan struct{} // not nil while over waits; closed when n falls to 0
}

func (c *tally) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.add(1)
		defer c.add(-1)
		next.ServeHTTP(w, r)
	})
}

func (c *tally) add(d int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += d
	if c.n == 0 && c.empty != nil {
		close(c.empty)
		c.empty = nil
	}
}

func (c *tally) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

// over waits until no request is served, or until ctx ends: then it is false.
func (c *tally) over(ctx context.Context) bool {
	c.mu.Lock()
	if c.n == 0 {
		c.mu.Unlock()
		return true
	}
	if c.empty == nil {
		c.empty = make(chan struct{})
	}
	empty := c.empty
	c.mu.Unlock()
	select {
	case <-empty:
		return true
	case <-ctx.Done():
		return false
	}
}
