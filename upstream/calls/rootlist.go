package calls

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"
)

// rootTrustedFor is how long the last answer of the list of syncs is trusted.
const rootTrustedFor = time.Minute

// A rootList is the last answer of the list of syncs, which every token has. If that list is gone,
// a missing record shows nothing.
type rootList struct {
	mu       sync.Mutex
	checked  time.Time     // when it was last read as a check; zero: never
	gone     time.Time     // when Census last answered that it is gone
	cause    *Error        // the reason; nil: it has answered since
	checking chan struct{} // closed when the current check has ended; nil: no check is under way
}

// record records how a call of the list of syncs ended.
func (r *rootList) record(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var e *Error
	if errors.As(err, &e) && e.Kind == Gone {
		r.gone, r.cause = time.Now(), e
	} else if err == nil {
		r.cause = nil
	}
}

// goneCause returns why the API is gone, or nil. It starts a check if there was none for a minute,
// or waits for the current one.
func (r *rootList) goneCause(ctx context.Context, check func()) *Error {
	for {
		r.mu.Lock()
		now, checking := time.Now(), r.checking
		switch {
		case r.cause != nil && now.Sub(r.gone) < rootTrustedFor:
			defer r.mu.Unlock()
			return r.cause
		case checking == nil && !r.checked.IsZero() && now.Sub(r.checked) < rootTrustedFor:
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

// isRootList reports whether e is a list that every token has.
func (e Endpoint) isRootList() bool {
	return e == ListSyncs || e == ListSources || e == ListDestinations || e == ListActivations
}

// firstPage reports whether a query is for the first page of a list. A later page may be
// missing because the list has become shorter.
func firstPage(query string) bool {
	return !strings.Contains(query, "page=") || strings.Contains(query, "&page=1&") || strings.Contains(query, "?page=1&")
}
