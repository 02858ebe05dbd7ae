package answers

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a Cache can do besides.
type Options struct {
	// Note is called in the request that made an answer others may get, and
	// gives what OnHit is to know of it. What it returns lives as long as the
	// answer and counts for nothing against the Cache's bytes, so it is small. Nil
	// notes nothing.
	Note func(made *http.Request) any

	// OnHit is called for each request answered by what another has made, before
	// the answer is written. Nil tells nobody.
	OnHit func(r *http.Request, note any)
}

// A Cache keeps answers in memory. It is safe for concurrent use, has no
// goroutine and needs no stopping.
type Cache struct {
	opt   Options
	start time.Time // what times are counted from
	ages  [][]string
	bufs  sync.Pool // of *[]byte, for keys

	layers       atomic.Uint64
	hits, misses atomic.Uint64

	mu      sync.Mutex
	kept    store
	flights map[string]*flight
	waiting int // requests that wait for a flight of another
}

// maxWaiting bounds the requests that wait for another's answer. They hold no
// place among the operations at once, so something else must bound them.
const maxWaiting = 1024

// New returns a Cache that holds at most bytes, keys and bookkeeping included.
// No answer may take more than an eighth of it. 0 or less keeps nothing: its
// Middleware is as if it were not there.
func New(bytes int64, opt Options) *Cache {
	c := &Cache{opt: opt, start: time.Now(), flights: map[string]*flight{}, kept: newStore(bytes)}
	c.bufs.New = func() any { return new(make([]byte, 0, 2<<10)) }
	for n := range 61 { // the common ones, so that a hit need not make them
		c.ages = append(c.ages, []string{cacheControl(n)})
	}
	return c
}

func cacheControl(seconds int) string { return "private, max-age=" + strconv.Itoa(seconds) }

// age is the value of Cache-Control for an answer good until the given time.
func (c *Cache) age(until time.Duration) []string {
	n := int(max(until-c.now(), 0) / time.Second)
	if n < len(c.ages) {
		return c.ages[n]
	}
	return []string{cacheControl(n)}
}

// now is the time since c was made.
func (c *Cache) now() time.Duration { return time.Since(c.start) }

// Hits is how many requests were answered by what another had made.
func (c *Cache) Hits() uint64 { return c.hits.Load() }

// Misses is how many could have been and were not. Requests that are too large
// to keep, or have no caller, count in neither.
func (c *Cache) Misses() uint64 { return c.misses.Load() }

// Bytes is what the answers kept take now.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept.Used()
}

// Entries is how many answers are kept now, those that are over included.
func (c *Cache) Entries() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return int64(c.kept.Len())
}
