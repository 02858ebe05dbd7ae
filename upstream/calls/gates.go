package calls

import "time"

// How many exchanges may be under way at once.
const (
	DefaultMaxCalls = 64          // a dashboard of fifty syncs in one turn
	LeastMaxCalls   = 2 * PerSync // one hanging sync leaves room for others
)

// The limits of the bulkheads. Options.MaxCalls limits all calls together. An endpoint that
// names no sync leaves as many slots free as one sync may use.
const (
	PerSync  = 8           // concurrent calls of one sync
	maxQueue = time.Second // longest wait for a slot
)

// gates admit each exchange before it is made. All clients made from one by WithToken share
// them.
type gates struct {
	all        slots // exchanges under way, of all tokens
	standings  standings
	onThrottle func(Throttle)
}

// newGates makes gates for calls concurrent exchanges, of which one token may use perToken.
// facts makes the facts of a token.
func newGates(calls, perToken int, facts func(token string) any) *gates {
	reduced := min(max(calls/2, LeastMaxCalls), perToken)
	return &gates{all: make(slots, calls), standings: standings{perToken: perToken, reduced: reduced, facts: facts, of: make(map[string]*standing)}}
}
