package graph

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// within gives each request a deadline. What is known by then is answered.
func within(d time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := &deadline{Context: r.Context(), at: time.Now().Add(d)}
		defer ctx.end()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// A deadline is what context.WithDeadline returns, but for the timer, which is set
// when somebody first wants to be told of the end: what is answered from memory
// waits for nothing, and then nobody does.
type deadline struct {
	context.Context // of the request
	at              time.Time
	timer           atomic.Pointer[timer] // nil until it is set
}

type timer struct {
	context.Context
	end context.CancelFunc
}

// ended stands in for the timer of a request that is over and had none.
var ended = func() *timer {
	ctx, end := context.WithCancel(context.Background())
	end()
	return &timer{ctx, end}
}()

// end ends the deadline before its time: the request is over.
func (d *deadline) end() {
	if !d.timer.CompareAndSwap(nil, ended) {
		d.timer.Load().end()
	}
}

// Done is closed at the end.
func (d *deadline) Done() <-chan struct{} {
	t := d.timer.Load()
	if t == nil {
		ctx, end := context.WithDeadline(d.Context, d.at)
		t = &timer{ctx, end}
		if !d.timer.CompareAndSwap(nil, t) {
			end()
			t = d.timer.Load()
		}
	}
	return t.Done()
}

// Err tells how it ended; nil before.
func (d *deadline) Err() error {
	if t := d.timer.Load(); t != nil {
		return t.Err()
	}
	if err := d.Context.Err(); err != nil || time.Now().Before(d.at) {
		return err
	}
	return context.DeadlineExceeded
}

// Deadline is when it ends at the latest.
func (d *deadline) Deadline() (time.Time, bool) {
	if earlier, ok := d.Context.Deadline(); ok && earlier.Before(d.at) {
		return earlier, true
	}
	return d.at, true
}

// Value is the request's. By it package context also finds the timer, which spares
// it a goroutine for each context made from this one.
func (d *deadline) Value(key any) any {
	if t := d.timer.Load(); t != nil {
		if v := t.Value(key); v != nil {
			return v
		}
	}
	return d.Context.Value(key)
}
