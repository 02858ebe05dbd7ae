package sim

import (
	"net/http"
	"slices"
	"sync/atomic"
)

// A Fault is a misbehavior and the calls it affects. If several faults match a call, the one
// injected first applies.
type Fault struct {
	Match func(*http.Request) bool // nil: every API call
	Times int                      // number of calls it affects; 0: until removed
	Do    Effect
}

// An Effect answers a call in place of Census. normal is the answer that Census would have
// given; an effect may use it, change it or ignore it.
type Effect func(w http.ResponseWriter, r *http.Request, normal http.Handler)

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

// Path matches calls of one path, written without the base: "/syncs/52".
func Path(path string) func(*http.Request) bool {
	return func(r *http.Request) bool {
		version, p := apiPath(r.URL.Path)
		return version != none && p == path
	}
}

// Chain applies effects one after another: Chain(Delay(d), Status(…)) sends an error late, and
// Chain(SetCookie(…), Delay(d)) a normal answer late.
func Chain(effects ...Effect) Effect {
	return func(w http.ResponseWriter, r *http.Request, normal http.Handler) {
		for _, e := range slices.Backward(effects) {
			next := normal
			normal = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e(w, r, next) })
		}
		normal.ServeHTTP(w, r)
	}
}
