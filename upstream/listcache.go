package upstream

import (
	"math"
	"math/rand/v2"
	"time"

	"census-gateway/upstream/paging"
)

// cachedView returns a view with the cached rows that are fresh, or that expired less than more
// ago.
func (l list[T]) cachedView(more time.Duration) *paging.View[T] {
	return l.useCached(l.newView(), more)
}

// useCached passes to v, which is empty, what cachedView is to have. It returns v.
func (l list[T]) useCached(v *paging.View[T], more time.Duration) *paging.View[T] {
	now := l.useCachedChunks(v, more)
	if !v.HasCached() {
		return v
	}
	var newest *paging.NewestRows[T]
	if value, ok := l.client.cache.get(l.newestKey(v.Epoch)); ok {
		newest = value.(*paging.NewestRows[T])
	}
	v.UseNewest(newest, now, l.notBefore(more), l.lifetime(), more)
	return v
}

// useCachedChunks passes the cached chunks to v, without the newest rows. It returns the time by
// which it judges whether they are fresh; zero if it uses nothing that is cached.
func (l list[T]) useCachedChunks(v *paging.View[T], more time.Duration) time.Time {
	c := l.client.cache
	if l.ignoresTotals() {
		v.IgnoreTotals()
		return time.Time{}
	}
	if l.client.hasStore() && !l.localOnly {
		l.borrow()
	}
	value, ok := c.get(l.key())
	if !ok {
		return time.Time{}
	}
	k := value.(*paging.CachedList[T])
	if k.Size != l.size {
		return time.Time{}
	}
	now, from := time.Now(), l.notBefore(more)
	v.UseChunks(k, func(n int) (g paging.Segment[T], ok bool) {
		key := l.chunkKey(k.Epoch, n/l.size)
		value, ok := c.get(key)
		if !ok {
			value, ok = l.borrowChunk(key)
		}
		if !ok {
			return g, false
		}
		b := value.(paging.CachedChunk[T])
		if !now.Before(b.Until.Add(more)) || b.Until.Add(-l.lifetime()).Before(from) {
			return g, false
		}
		return b.Segment(), true
	})
	return now
}

// cacheView caches what v found. It leaves entries alone that others found in another epoch
// meanwhile, and entries that are newer than what v read. If Census does not report how long a
// list is, nothing is cached. cacheView returns v, or only what v read if that begins a new epoch.
func (l list[T]) cacheView(v *paging.View[T]) *paging.View[T] {
	c := l.client.cache
	if c.entries == nil || !v.Cacheable() {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, _ := c.get(l.key())
	was, _ := value.(*paging.CachedList[T])
	now := time.Now()
	v, next, head := v.ToCache(was, paging.CacheRules[T]{
		Size:   l.size,
		Epoch:  func() int64 { return 1 + rand.Int64N(math.MaxInt64) }, // other gateways have epochs too
		Sealed: func(rows []T) bool { return l.sealed(rows, now) },
		Chunk:  func(epoch int64, g *paging.Segment[T], sealed bool) { l.cacheChunk(epoch, g, sealed, now) },
	})
	if next == nil {
		return v
	}
	if head != nil {
		next.Newest = l.newestPlace(*head)
		t, weight := l.packNewest(*head)
		c.set(l.newestKey(next.Epoch), t, weight, t.Sent.Add(l.lifetime()))
	}
	c.set(l.key(), next, l.weigh(next.Newest.Rows), time.Time{})
	l.lend(next)
	return v
}

// cacheChunk caches a chunk, unless the cached one expires later.
func (l list[T]) cacheChunk(epoch int64, g *paging.Segment[T], sealed bool, now time.Time) {
	c := l.client.cache
	b, weight := g.CachedChunk(g.Sent.Add(l.lifetime())), l.weigh(g.Rows)
	if sealed {
		b.Until = now.Add(sealedFor)
		if l.pack != nil {
			b.Rows, b.Packed = nil, l.pack(g.Rows)
			weight = entryWeight + b.Packed.Bytes()
		}
	}
	key := l.chunkKey(epoch, g.First/l.size)
	if value, ok := c.get(key); !ok || g.Mended || !value.(paging.CachedChunk[T]).Until.After(b.Until) {
		c.set(key, b, weight, b.Until)
		l.lendChunk(key, b)
	}
}
