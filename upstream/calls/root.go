package calls

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// rootFor is for how long it is believed what the list of syncs told of the API.
const rootFor = time.Minute

// A root is what was last told of the list of syncs, which every token has. Where it is
// gone, a record that is missing says nothing.
type root struct {
	mu       sync.Mutex
	checked  time.Time     // when it was last asked for to learn that; zero: never
	gone     time.Time     // when Census last said that it is gone
	cause    *Error        // why; nil: it has answered since
	checking chan struct{} // closed when the check that is under way has ended; nil: none is
}

// note takes in how a call of the list of syncs ended.
func (r *root) note(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e *Error
	if errors.As(err, &e) && e.Kind == Gone {
		r.gone, r.cause = time.Now(), e
	} else if err == nil {
		r.cause = nil
	}
}

// told is why the API is gone, nil if it is not. It makes a check if none was made for a
// minute, or waits for the one that is under way.
func (r *root) told(ctx context.Context, check func()) *Error {
	for {
		r.mu.Lock()
		now, checking := time.Now(), r.checking
		switch {
		case r.cause != nil && now.Sub(r.gone) < rootFor:
			defer r.mu.Unlock()
			return r.cause
		case checking == nil && !r.checked.IsZero() && now.Sub(r.checked) < rootFor:
			r.mu.Unlock()
			return nil
		case checking == nil:
			r.checking = make(chan struct{})
			r.mu.Unlock()
			check()
			r.mu.Lock()
			close(r.checking)
			r.checking, r.checked = nil, time.Now()
			r.mu.Unlock()
			continue
		}
		r.mu.Unlock()
		select {
		case <-checking:
		case <-ctx.Done():
			return nil
		}
	}
}

// checked is err, the end of a call of e; but where a record is missing since the whole
// API is, the error says so. That costs a call, at most one a minute.
func (c *Caller) checked(ctx context.Context, e Endpoint, id int64, query string, err error) error {
	if e == ListSyncs {
		c.standing.root.note(err)
		return err
	}
	if !IsKind(err, NotFound) || e.root() || !firstPage(query) {
		return err
	}
	gone := c.standing.root.told(ctx, func() {
		if answer, err := c.Get(ctx, ListSyncs, 0, "?page=1&per_page=1"); err == nil {
			answer.Free()
		}
	})
	if gone == nil {
		return err
	}
	var missing *Error
	errors.As(err, &missing)
	failed := e.fail(Gone, id, gone.Err)
	failed.Status = missing.Status
	return failed
}

// root tells whether e is a list that any token has.
func (e Endpoint) root() bool {
	return e == ListSyncs || e == ListSources || e == ListDestinations || e == ListActivations
}

// firstPage tells whether a query is not of a later page of a list, which may be missing
// since the list has become shorter.
func firstPage(query string) bool {
	return !strings.Contains(query, "page=") || strings.Contains(query, "&page=1&") || strings.Contains(query, "?page=1&")
}
