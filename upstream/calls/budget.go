package calls

import (
	"sync"
	"time"
)

// The size of the retry budget. Three tries of everything would triple the load
// on a Census that fails because of load.
const (
	callsPerRetry = 10 // one retry for so many calls of the last ten seconds
	minRetries    = 3  // retries in ten seconds that need no calls: a quiet gateway may retry too
)

// A budget bounds the retries of all calls of one token: what fails for one must
// not use up what another needs. The zero value is full.
type budget struct {
	mu     sync.Mutex
	recent recent // calls; retries are the bad ones
}

// call notes a call that left.
func (b *budget) call() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent.now(time.Now()).all++
}

// retry tells whether there may be one more retry now, and notes it.
func (b *budget) retry() bool {
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	calls, retries := b.recent.sum(now)
	if retries >= max(calls/callsPerRetry, minRetries) {
		return false
	}
	b.recent.now(now).bad++
	return true
}
