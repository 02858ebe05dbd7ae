package upstream

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"census-gateway/upstream/calls"
)

// How long what is kept counts as what Census would say.
const (
	sealedFor   = 24 * time.Hour // rows that do not change any more
	syncsFor    = 6              // syncs and connections: this many times the freshness, since they change by hand
	entryWeight = 256            // bytes of an entry beside its rows

	// A single record is read without a call, which would tell that a token does not
	// hold any more. Where tokens are callers' own that has to come out.
	ownRecordsFor = 5 * time.Minute
)

// A cache keeps what was read from Census, for all tenants apart and within a
// number of bytes. What it keeps is never changed, only replaced.
type cache struct {
	entries    *otter.Cache[cacheKey, entry]
	freshness  time.Duration
	stale      time.Duration // for how long beyond its time what is kept is good while Census fails
	recordsFor time.Duration // for single records that do not change any more
	flights    flights
	epochs     atomic.Int64
	mu         sync.Mutex // one change at a time of what is kept
	hits       atomic.Uint64
	misses     atomic.Uint64
	deaf       atomic.Bool // there have been lists whose totals are not believed
	short      shortage
	onShort    func(CacheStats) // told when short comes to twice what it was told before
	told       atomic.Int64     // how short it was then
}

// A cacheKey names an entry. A shelf is what is kept of one token: see standing.
type cacheKey struct {
	shelf    int64
	endpoint calls.Endpoint
	id       int64 // of the sync or run; 0 for the list of syncs
	epoch    int64 // of a list's chunk; else 0
	k        int   // number of the chunk; -1: the newest rows; -2: whether its totals are wrong; else 0
}

type entry struct {
	value any
	bytes int
	until time.Time // until when it counts; zero: for long
}

// newCache makes a cache of some bytes; nil for 0, which keeps nothing. What may
// change counts for the freshness time, and for stale beyond it while Census fails.
func newCache(bytes int64, freshness, stale time.Duration) *cache {
	c := &cache{freshness: freshness, stale: stale, recordsFor: sealedFor}
	if bytes > 0 {
		c.entries = otter.Must(&otter.Options[cacheKey, entry]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(_ cacheKey, e entry) uint32 { return uint32(e.bytes) },
			Executor:      func(do func()) { do() }, // no goroutine outlives a call
			OnDeletion: func(e otter.DeletionEvent[cacheKey, entry]) {
				if e.Cause == otter.CauseOverflow {
					c.short.loses(e.Key, e.Value, time.Now())
				}
			},
		})
	}
	return c
}

func (c *cache) get(key cacheKey) (any, bool) {
	if c.entries == nil {
		return nil, false
	}
	e, ok := c.entries.GetIfPresent(key)
	if !ok {
		c.short.misses(key, time.Now())
	}
	return e.value, ok
}

// set keeps a value that takes so many bytes and counts until then; zero: for long.
func (c *cache) set(key cacheKey, value any, bytes int, until time.Time) {
	if c.entries != nil {
		c.entries.Set(key, entry{value, bytes, until})
		c.tellShort()
	}
}

func (c *cache) drop(key cacheKey) {
	if c.entries != nil {
		c.entries.Invalidate(key)
	}
}

// drop forgets what was kept of e and id, which Census refuses: of a sync, its record
// and its runs.
func (c *Client) drop(e calls.Endpoint, id int64) {
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	c.cache.drop(c.recordKey(e, id))
	switch e {
	case calls.ListSyncs:
		c.cache.drop(c.recordKey(wholeSyncs, 0))
	case calls.FetchSync:
		c.cache.drop(c.recordKey(calls.ListSyncRuns, id))
	case calls.ListSyncRuns:
		c.cache.drop(c.recordKey(calls.FetchSync, id))
	}
}

// crowded tells whether more than half of the bytes are in use.
func (c *cache) crowded() bool {
	return c.entries != nil && c.entries.WeightedSize() > c.entries.GetMaximum()/2
}

// CacheStats tells of a page cache: how often something was found in it or not,
// what it holds, what it may hold, and by how much that is too little. Missing is the
// bytes of what lost its place and was asked for again within five minutes, in the
// present five minutes or those before.
type CacheStats struct {
	Hits, Misses   uint64
	Bytes, Entries int64
	Limit, Missing int64
}

// CacheStats tells of the page cache of this client and of all made from it.
func (c *Client) CacheStats() CacheStats { return c.cache.stats() }

func (c *cache) stats() CacheStats {
	s := CacheStats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	if c.entries != nil {
		s.Bytes, s.Entries, s.Limit = int64(c.entries.WeightedSize()), int64(c.entries.EstimatedSize()), int64(c.entries.GetMaximum())
		s.Missing = c.short.look()
	}
	return s
}

// tellShort tells that the cache is too small, and again when it is so by twice as
// much. It is not told of what a sixteenth more would mend.
func (c *cache) tellShort() {
	if c.onShort == nil || !c.short.over(time.Now()) {
		return
	}
	s, told := c.stats(), c.told.Load()
	if s.Missing > s.Limit/16 && s.Missing >= 2*told && c.told.CompareAndSwap(told, s.Missing) {
		c.onShort(s)
	}
}

// A Read tells of something that was read, from Census or from memory.
type Read struct {
	Cached bool      // it was in memory, or another operation was just asking for it
	Until  time.Time // until when it counts as what Census would say
	Stale  bool      // that time is over: Census fails, and this is what it said last
	AsOf   time.Time // when Census said it, the oldest part of it that may still change; zero: none may
}

// bridges tells whether what is kept may be given out after its time where err is all
// that Census gives.
func (c *cache) bridges(err error) bool {
	var e *calls.Error
	return c.stale > 0 && errors.As(err, &e) && e.Passing()
}

// found notes that something was found in memory, or that it was not.
func (c *cache) found(r Read) {
	if r.Cached {
		c.hits.Add(1)
	} else {
		c.misses.Add(1)
	}
}
