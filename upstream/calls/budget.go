package calls

import (
	"sync"
	"time"
)

// The size of the retry budget. Three tries of every call would triple the load on a Census
// that fails because of load.
const (
	callsPerRetry = 10 // one retry per this many calls of the last ten seconds
	minRetries    = 3  // retries in ten seconds that are always allowed, for a quiet gateway
)

// A budget limits the retries of all calls of one token, so that failures of one call do not
// use up the retries of another. The zero value is full.
type budget struct {
	mu     sync.Mutex
	recent recent // calls; the bad ones are retries
}

// call records a call.
func (b *budget) call() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent.current(time.Now()).all++
}

// retry reports whether one more retry is allowed now, and records it.
func (b *budget) retry() bool {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	calls, retries := b.recent.sum(now)
	if retries >= max(calls/callsPerRetry, minRetries) {
		return false
	}
	b.recent.current(now).bad++
	return true
}
