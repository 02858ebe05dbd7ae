package sim

import (
	"net/http"
	"slices"
	"sync/atomic"
)

// A Fault is a way to misbehave, and the calls it hits. Of several that match
// a call the one injected first hits it.
type Fault struct {
	Match func(*http.Request) bool // nil: every API call
	Times int                      // calls it hits; 0: until removed
	Do    Effect
}

// An Effect answers a call in place of Census. honest is the answer Census
// would have given; an effect may use it, change it or ignore it.
type Effect func(w http.ResponseWriter, r *http.Request, honest http.Handler)

type fault struct {
	Fault
	left atomic.Int64
}

func (f *fault) hits(r *http.Request) bool {
	if f.Match != nil && !f.Match(r) {
		return false
	}
	return f.Times == 0 || f.left.Add(-1) >= 0
}

// Inject has a fault hit the calls to come, until it is used up or removed.
func (c *Census) Inject(f Fault) (remove func()) {
	added := &fault{Fault: f}
	added.left.Store(int64(f.Times))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.faults = append(slices.Clip(c.faults), added) // readers hold the old slice
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.faults = slices.DeleteFunc(slices.Clone(c.faults), func(f *fault) bool { return f == added })
	}
}

// Path matches calls of one path, written without the base: "/syncs/52".
func Path(path string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		version, p := apiPath(r.URL.Path)
		return version != none && p == path
	}
}

// Chain does one effect upon another: Chain(Delay(d), Status(…)) is late with
// an error, Chain(SetCookie(…), Delay(d)) late with an honest answer.
func Chain(effects ...Effect) Effect {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		for _, e := range slices.Backward(effects) {
			next := honest
			honest = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e(w, r, next) })
		}
		honest.ServeHTTP(w, r)
	}
}
