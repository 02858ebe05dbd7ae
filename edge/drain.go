package edge

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// A Drain says how a server ends.
type Drain struct {
	// LameDuck is how long the server goes on once OnDrain has been called, so that a
	// balancer notices; 0 means not at all.
	LameDuck time.Duration
	// Idle is how long kept connections may still ask once the listeners are closed;
	// 0 means 500 ms. It ends when no connection is left.
	Idle time.Duration
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
// lame duck; listeners close; kept connections have a moment left; they close, and
// requests finish; contexts of the rest are cancelled; connections that still live
// are cut. It changes srv, so each server is served once.
//
// From the first step on every answer carries "Connection: close": a client moves
// away before its connection is closed, and no request meets a closed one.
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
	if d.Idle == 0 {
		d.Idle = 500 * time.Millisecond
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	srv.BaseContext = func(net.Listener) context.Context { return base }
	conns := leave(srv)

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

	conns.leaving.Store(true)
	if d.OnDrain != nil {
		d.OnDrain() // before anything is logged: a log that nobody reads must not hide it
	}
	d.Log.Info("draining", "lame_duck", d.LameDuck.String(), "finish", d.Finish.String())
	if broken == nil { // else nobody can reach it any more
		time.Sleep(d.LameDuck)
	}
	for _, l := range listeners {
		l.Close()
	}
	for end := time.Now().Add(d.Idle); conns.open.Load() > 0 && time.Now().Before(end); {
		time.Sleep(5 * time.Millisecond)
	}
	srv.SetKeepAlivesEnabled(false)
	if !finished(srv, d.Finish) {
		d.Log.Warn("cancelling what did not finish")
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

// finished lets srv end what is under way; false if something is left after that
// time.
func finished(srv *http.Server, within time.Duration) bool {
	ctx, done := context.WithTimeout(context.Background(), within)
	defer done()
	return !errors.Is(srv.Shutdown(ctx), context.DeadlineExceeded) // other errors are those of a broken listener
}
