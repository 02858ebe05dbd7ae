package edge

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// A Drain configures how a server shuts down.
type Drain struct {
	// LameDuck is how long the server continues after OnDrain, so that a load balancer notices; 0
	// means not at all.
	LameDuck time.Duration
	// Idle is how long open connections may still send requests after the listeners have closed;
	// 0 means 500 ms. It ends early when no connection is left.
	Idle time.Duration
	// Finish is how long requests in progress may take to finish; 0 means 20 s.
	Finish time.Duration
	// Settle is how long they may take after that to write an answer, with their contexts
	// cancelled; 0 means 1 s.
	Settle time.Duration
	// OnDrain is called first; readiness fails from then on. It may be nil.
	OnDrain func()
	// OnClosed is called when the listeners have closed: streams end, so that their clients
	// connect elsewhere. It may be nil.
	OnClosed func()
	// Log receives a line for each step; nil discards them.
	Log *slog.Logger
}

// Serve serves every listener until ctx ends, then drains and returns nil. If a listener fails,
// Serve drains too and returns that error. The steps are: call OnDrain; wait for LameDuck; close
// the listeners; give open connections a moment; close them and let requests finish; cancel the
// contexts of the rest; close the remaining connections. Serve changes srv, so each server can be
// served once.
//
// From the first step on, every answer has "Connection: close". So clients leave before
// their connection is closed, and no request meets a closed connection.
//
// Requests inherit the values of ctx but not its end. A second signal should kill the process:
// call the stop function of signal.NotifyContext in OnDrain.
func (d Drain) Serve(ctx context.Context, srv *http.Server, listeners ...net.Listener) error {
	if d.Finish == 0 {
		d.Finish = 20 * time.Second
	}
	if d.Settle == 0 {
		d.Settle = time.Second
	}
	if d.Idle == 0 {
		d.Idle = 500 * time.Millisecond
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv.BaseContext = func(net.Listener) context.Context { return base }
	conns := closeOnShutdown(srv)

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

	conns.shuttingDown.Store(true)
	if d.OnDrain != nil {
		d.OnDrain() // before logging, since a blocked log must not delay it
	}
	d.Log.Info("draining", "lame_duck", d.LameDuck.String(), "finish", d.Finish.String())
	if broken == nil { // after a failure no client can reach it
		time.Sleep(d.LameDuck)
	}
	for _, l := range listeners {
		l.Close()
	}
	if d.OnClosed != nil {
		d.OnClosed()
	}
	for end := time.Now().Add(d.Idle); conns.open.Load() > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	srv.SetKeepAlivesEnabled(false)
	if !finished(srv, d.Finish) {
		d.Log.Warn("cancelling the requests that did not finish in time")
		cancel()
		if !finished(srv, d.Settle) {
			d.Log.Warn("cutting connections")
		}
	}
	srv.Close()
	d.Log.Info("drained")
	if errors.Is(broken, http.ErrServerClosed) {
		return nil
	}
	return broken
}

// finished waits for the requests of srv to end. It returns false if some are left after within.
func finished(srv *http.Server, within time.Duration) bool {
	ctx, done := context.WithTimeout(context.Background(), within)
	defer done()
	return !errors.Is(srv.Shutdown(ctx), context.DeadlineExceeded) // other errors come from a broken listener
}
