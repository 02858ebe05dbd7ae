package answers

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Options are optional features of a Cache.
type Options struct {
	// Note is called in the request that made a shareable answer. It returns a note about
	// it for OnHit. The note lives as long as the answer. Keep it small, since its size is
	// not part of the Cache's bytes. Note may be nil.
	Note func(made *http.Request) any

	// OnHit is called for each request that gets the answer of another, before it is
	// written. It may be nil.
	OnHit func(r *http.Request, note any)
}

// A Cache keeps answers in memory. It is safe for concurrent use. It has no goroutine and needs
// no Close.
type Cache struct {
	opt   Options
	start time.Time // times are relative to it
	ages  [][]string
	bufs  sync.Pool // of *[]byte, for keys

	layers       atomic.Uint64
	hits, misses atomic.Uint64

	mu         sync.Mutex
	store      store
	flights    map[string]*flight
	waiting    int // requests that wait for another request's flight
	generation int // number of calls of Forget
}

// A flight is one run of an operation that identical requests may wait for. The Cache's mutex
// guards its fields except over, and except answer after over is closed.
type flight struct {
	key        string
	waiters    int // requests that want the answer, including the one that runs the operation
	cancel     context.CancelFunc
	finished   bool
	generation int           // of the Cache when it began
	done       chan struct{} // closed once it is known whether there is an answer to share
	answer     *answer       // nil if the answer cannot be shared
}

// maxWaiting is the maximum number of requests that wait for another's answer. The limit on
// concurrent operations does not cover them.
const maxWaiting = 1024

// New returns a Cache of at most bytes, including keys and bookkeeping. One answer may take at
// most an eighth of it. With 0 or less the Cache keeps nothing, and its Middleware returns next.
func New(bytes int64, opt Options) *Cache {
	c := &Cache{opt: opt, start: time.Now(), flights: map[string]*flight{}, store: newStore(bytes)}
	c.bufs.New = func() any { return new(make([]byte, 0, 2<<10)) }
	for n := range 61 { // common values, allocated once
		c.ages = append(c.ages, []string{cacheControl(n)})
	}
	return c
}

func cacheControl(seconds int) string { return "private, max-age=" + strconv.Itoa(seconds) }

// age returns the value of Cache-Control for an answer that is fresh until the given time.
func (c *Cache) age(until time.Duration) []string {
	n := int(max(until-c.now(), 0) / time.Second)
	if n < len(c.ages) {
		return c.ages[n]
	}
	return []string{cacheControl(n)}
}

// now returns the time since c was made.
func (c *Cache) now() time.Duration { return time.Since(c.start) }

// Forget drops all answers, because the underlying data has changed. Answers in progress
// are not kept either: they go only to the requests that already wait for them.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	c.store.Clear()
	clear(c.flights)
}

// Hits returns the number of requests that got the answer of another.
func (c *Cache) Hits() uint64 { return c.hits.Load() }

// Misses returns the number of cacheable requests that ran themselves. Requests that are
// too large to keep, or have no caller, are neither hits nor misses.
func (c *Cache) Misses() uint64 { return c.misses.Load() }

// Bytes returns the size of the answers kept.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.store.Used()
}

// Entries returns the number of answers kept, including expired ones.
func (c *Cache) Entries() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(c.store.Len())
}
