package upstream

import (
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/internal/when"
	"census-gateway/upstream/calls"
)

// maxDoubts is how many lists and records may be doubted one by one. Beyond that, all are.
const maxDoubts = 4096

// doubts are about what something reports to have changed: what was requested before then is
// no longer fresh. While Census fails, it is served as stale.
type doubts struct {
	any   atomic.Bool // there are some, which is seldom
	mu    sync.RWMutex
	since map[doubted]time.Time
	all   time.Time // the same for everything; zero: nothing
}

// A doubted is one list or record, of any token.
type doubted struct {
	endpoint calls.Endpoint
	id       int64
}

// of returns since when answers of e for id are right; zero: always.
func (d *doubts) of(e calls.Endpoint, id int64) time.Time {
	if !d.any.Load() {
		return time.Time{}
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	return when.Later(d.all, d.since[doubted{e, id}])
}

// add doubts what was requested of e for id before since. After keptFor, doubts have no effect
// and may be forgotten.
func (d *doubts) add(e calls.Endpoint, id int64, since time.Time, keptFor time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.since == nil {
		d.since = make(map[doubted]time.Time)
	}
	if len(d.since) >= maxDoubts {
		d.forget(time.Now().Add(-keptFor))
	}
	key := doubted{e, id}
	d.since[key] = when.Later(d.since[key], since)
	d.any.Store(true)
}

// forget drops doubts from before a time. If these are few, it doubts everything, once.
func (d *doubts) forget(before time.Time) {
	var last time.Time
	for key, since := range d.since {
		if last = when.Later(last, since); since.Before(before) {
			delete(d.since, key)
		}
	}
	if len(d.since) > maxDoubts/2 {
		d.all = when.Later(d.all, last)
		clear(d.since)
	}
}
