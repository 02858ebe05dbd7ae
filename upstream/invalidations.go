package upstream

import (
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/internal/when"
	"census-gateway/upstream/calls"
)

// maxInvalidations is how many lists and records may be invalidated one by one. Beyond that, all
// are.
const maxInvalidations = 4096

// invalidations are the lists and records that have changed, by a report from outside. Answers that
// were requested before then are no longer fresh. While Census fails, they are served as stale.
type invalidations struct {
	any   atomic.Bool // there are some, which is seldom
	mu    sync.RWMutex
	since map[invalidated]time.Time
	all   time.Time // the same for everything; zero: nothing
}

// invalidated is one list or record, of any token.
type invalidated struct {
	endpoint calls.Endpoint
	id       int64
}

// notBefore returns since when answers of e for id are right; zero: always.
func (inv *invalidations) notBefore(e calls.Endpoint, id int64) time.Time {
	if !inv.any.Load() {
		return time.Time{}
	}
	inv.mu.RLock()
	defer inv.mu.RUnlock()
	return when.Later(inv.all, inv.since[invalidated{e, id}])
}

// add invalidates what was requested of e for id before since. After keptFor, nothing of it is
// cached, and the invalidation may be forgotten.
func (inv *invalidations) add(e calls.Endpoint, id int64, since time.Time, keptFor time.Duration) {
	inv.mu.Lock()
	defer inv.mu.Unlock()
	if inv.since == nil {
		inv.since = make(map[invalidated]time.Time)
	}
	if len(inv.since) >= maxInvalidations {
		inv.prune(time.Now().Add(-keptFor))
	}
	key := invalidated{e, id}
	inv.since[key] = when.Later(inv.since[key], since)
	inv.any.Store(true)
}

// prune forgets invalidations from before a time. If these are few, it invalidates everything,
// once.
func (inv *invalidations) prune(before time.Time) {
	var last time.Time
	for key, since := range inv.since {
		if last = when.Later(last, since); since.Before(before) {
			delete(inv.since, key)
		}
	}
	if len(inv.since) > maxInvalidations/2 {
		inv.all = when.Later(inv.all, last)
		clear(inv.since)
	}
}
