package upstream

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"

	"census-gateway/upstream/calls"
)

// How long cached entries stay fresh.
const (
	sealedFor   = 24 * time.Hour // rows that will not change again
	syncsFactor = 6              // for syncs and connections: times the freshness

	// A cached record is returned without a call, so a revoked token would go unnoticed. Where
	// callers bring their own tokens, that must show within this time.
	ownRecordsFor = 5 * time.Minute
)

// A cache holds what was read from Census, separately for each tenant and within a byte limit.
// Entries are immutable; they are only replaced.
type cache struct {
	entries       *otter.Cache[cacheKey, entry]
	store         Store // shared with other gateways; nil: there is none
	storeMisses   storeMisses
	freshness     time.Duration
	stale         time.Duration // how long an expired entry may be served while Census fails
	recordsFor    time.Duration // for single records that will not change again
	flights       flights
	invalidations invalidations
	mu            sync.Mutex // held while several entries change together
	hits          atomic.Uint64
	misses        atomic.Uint64
	wrongTotals   atomic.Bool // some list has totals that are not trusted
	shortage      shortage
	onShort       func(CacheStats) // called when the shortage is twice as large as the one reported before
	reportedShort atomic.Int64     // bytes short then; 0: none was reported
}

// newCache makes a cache of the given size. It returns nil for 0 bytes: nothing is cached.
// Rows that may change stay fresh for the freshness time. While Census fails, they are served
// for stale beyond that.
func newCache(bytes int64, freshness, stale time.Duration) *cache {
	c := &cache{freshness: freshness, stale: stale, recordsFor: sealedFor}
	if bytes > 0 {
		c.entries = otter.Must(&otter.Options[cacheKey, entry]{
			MaximumWeight: uint64(bytes),
			Weigher:       func(_ cacheKey, e entry) uint32 { return uint32(e.bytes) },
			Executor:      func(do func()) { do() }, // no goroutine outlives a call
			OnDeletion: func(e otter.DeletionEvent[cacheKey, entry]) {
				if e.Cause == otter.CauseOverflow {
					c.shortage.evicted(e.Key, e.Value, time.Now())
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
		c.shortage.missed(key, time.Now())
	}
	return e.value, ok
}

// set stores a value of the given size until it expires. The zero time means no expiry.
func (c *cache) set(key cacheKey, value any, bytes int, until time.Time) {
	if c.entries != nil {
		c.entries.Set(key, entry{value, bytes, until})
		c.reportShortage()
	}
}

func (c *cache) drop(key cacheKey) {
	if c.entries != nil {
		c.entries.Invalidate(key)
	}
}

// syncsLifetime returns how long syncs and connections stay fresh. They change less often than
// runs.
func (c *cache) syncsLifetime() time.Duration { return syncsFactor * c.freshness }

// halfFull reports whether more than half of the bytes are in use.
func (c *cache) halfFull() bool {
	return c.entries != nil && c.entries.WeightedSize() > c.entries.GetMaximum()/2
}

// CacheStats describes a page cache: hits and misses, its size and limit, and how many bytes
// it is short of. Missing counts entries that were evicted and requested again within five
// minutes. It is the larger of the current five-minute period and the one before.
type CacheStats struct {
	Hits, Misses   uint64
	Bytes, Entries int64
	Limit, Missing int64
}

func (c *cache) stats() CacheStats {
	s := CacheStats{Hits: c.hits.Load(), Misses: c.misses.Load()}
	if c.entries != nil {
		s.Bytes, s.Entries, s.Limit = int64(c.entries.WeightedSize()), int64(c.entries.EstimatedSize()), int64(c.entries.GetMaximum())
		s.Missing = c.shortage.bytesShort()
	}
	return s
}

// reportShortage reports that the cache is too small, and again each time the shortage doubles. It
// ignores a shortage of less than a sixteenth of the size.
func (c *cache) reportShortage() {
	if c.onShort == nil || !c.shortage.nextPeriod(time.Now()) {
		return
	}
	s, reported := c.stats(), c.reportedShort.Load()
	if s.Missing > s.Limit/16 && s.Missing >= 2*reported && c.reportedShort.CompareAndSwap(reported, s.Missing) {
		c.onShort(s)
	}
}

// A ReadReport describes something that was read, from Census or from memory.
type ReadReport struct {
	Cached bool      // it was in memory, or another operation was already reading it
	Until  time.Time // when it stops being fresh
	Stale  bool      // it is no longer fresh: Census fails, and this is its last answer
	AsOf   time.Time // when Census sent the oldest part that may still change; zero: no part may
}

// mayServeStale reports whether expired entries may be served although Census failed with err.
func (c *cache) mayServeStale(err error) bool {
	var e *calls.Error
	return c.stale > 0 && errors.As(err, &e) && e.Temporary()
}

// count records whether something was found in memory.
func (c *cache) count(r ReadReport) {
	if r.Cached {
		c.hits.Add(1)
	} else {
		c.misses.Add(1)
	}
}
