package notes

import (
	"sync/atomic"
	"time"
)

// Calls returns the number of requests sent to Census so far.
func (n *Notes) Calls() int { return int(n.calls.Load()) }

// Hits returns the number of pages and records found in memory so far.
func (n *Notes) Hits() int { return int(n.cached.Load()) }

// Called notes requests sent to Census. It is safe for concurrent use.
func (n *Notes) Called(calls int) {
	if n != nil {
		n.calls.Add(int64(calls))
	}
}

// Found notes that something was found in memory. It is safe for concurrent use.
func (n *Notes) Found() {
	if n != nil {
		n.cached.Add(1)
	}
}

// Read notes data read from Census or from memory. The data stays fresh until the given
// time. Census sent it at asOf; zero if the data no longer changes. stale reports whether
// it had expired. Read is safe for concurrent use.
func (n *Notes) Read(until, asOf time.Time, stale bool) {
	if n == nil {
		return
	}
	if asOf.IsZero() {
		asOf = time.Now()
	}
	earliest(&n.asOf, asOf)
	if stale {
		n.stale.Store(true)
	}
	earliest(&n.until, until)
}

// timeDependentFor is how long an answer stays fresh that depends on the time of day, such as a
// list of late syncs. It applies even if the data stays fresh for longer. It begins with the
// request, since the operation's "now" is no earlier.
const timeDependentFor = 5 * time.Second

// DependsOnTime notes that the answer depends on the time of day. It is safe for concurrent use.
func (n *Notes) DependsOnTime() {
	if n != nil {
		earliest(&n.until, n.begun.Add(timeDependentFor))
	}
}

// earliest lowers of to t, in milliseconds since 1970. A value of 0 is not set yet.
func earliest(of *atomic.Int64, t time.Time) {
	for ms := max(t.UnixMilli(), 1); ; {
		was := of.Load()
		if was != 0 && was <= ms || of.CompareAndSwap(was, ms) {
			return
		}
	}
}

// constantFor is how long an answer without data from Census stays fresh: __typename, the schema,
// the id of a sync requested by its id.
const constantFor = time.Minute

// Fresh returns how long the answer stays fresh, which is as long as all its parts are. It
// returns 0 for an answer that is stale or has errors.
func (n *Notes) Fresh() time.Duration {
	switch until := n.until.Load(); {
	case n.stale.Load() || len(n.Codes) > 0:
		return 0
	case until == 0:
		return constantFor
	default:
		return max(time.Until(time.UnixMilli(until)), 0)
	}
}

// AsOf returns when Census sent the oldest part of the answer, in milliseconds since 1970. It
// returns 0 if the answer has no data from Census.
func (n *Notes) AsOf() int64 { return n.asOf.Load() }

// Stale reports whether a part of the answer has expired.
func (n *Notes) Stale() bool { return n.stale.Load() }
