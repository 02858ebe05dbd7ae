package upstream

import (
	"math"
	"math/rand/v2"
	"time"

	"census-gateway/upstream/paging"
)

func (l list[T]) key() cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id}
}

func (l list[T]) chunkKey(epoch int64, k int) cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id, epoch: epoch, k: k}
}

// life returns how long rows that may change stay fresh.
func (l list[T]) life() time.Duration {
	if l.over == nil {
		return syncsFor * l.client.cache.freshness
	}
	return l.client.cache.freshness
}

// recall begins a view with the cached rows that are fresh, or that expired less than more
// ago.
func (l list[T]) recall(more time.Duration) *paging.View[T] {
	v := l.remember(more)
	if !v.Remembers() {
		return v
	}
	var newest *paging.Top[T]
	if value, ok := l.client.cache.get(l.topKey(v.Epoch)); ok {
		newest = value.(*paging.Top[T])
	}
	v.Recall(newest, time.Now(), l.from(more), l.life(), more)
	return v
}

// from returns the time before which pages were requested too early to be recalled. While
// Census fails, which is when more is not 0, doubted ones are welcome.
func (l list[T]) from(more time.Duration) time.Time {
	if more > 0 {
		return l.client.since
	}
	return l.client.from(l.endpoint, l.id)
}

// remember begins a view with the cached chunks, without the newest rows.
func (l list[T]) remember(more time.Duration) *paging.View[T] {
	v := l.newView()
	c := l.client.cache
	if l.isDeaf() {
		return v.BeDeaf()
	}
	if l.client.shares() && !l.alone {
		l.borrow()
	}
	value, ok := c.get(l.key())
	if !ok {
		return v
	}
	now, from := time.Now(), l.from(more)
	k := value.(*paging.Kept[T])
	if k.Size != l.size {
		return v
	}
	v.Remember(k, func(n int) (g paging.Segment[T], ok bool) {
		key := l.chunkKey(k.Epoch, n/l.size)
		value, ok := c.get(key)
		if !ok {
			value, ok = l.borrowChunk(key)
		}
		if !ok {
			return g, false
		}
		b := value.(paging.Block[T])
		if !now.Before(b.Until.Add(more)) || b.Until.Add(-l.life()).Before(from) {
			return g, false
		}
		return b.Open(), true
	})
	return v
}

// keep caches what v found. It leaves entries alone that others found in another epoch
// meanwhile, and entries that are newer than what v read. If Census does not report how long a
// list is, nothing is kept. keep returns v, or only what v read if that begins a new epoch.
func (l list[T]) keep(v *paging.View[T]) *paging.View[T] {
	c := l.client.cache
	if c.entries == nil || !v.Learned() {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, _ := c.get(l.key())
	was, _ := value.(*paging.Kept[T])
	now := time.Now()
	v, next, head := v.Keep(was, paging.Keeper[T]{
		Size:   l.size,
		Epoch:  func() int64 { return 1 + rand.Int64N(math.MaxInt64) }, // other gateways have epochs too
		Sealed: func(rows []T) bool { return l.sealed(rows, now) },
		Chunk:  func(epoch int64, g *paging.Segment[T], sealed bool) { l.keepChunk(epoch, g, sealed, now) },
	})
	if next == nil {
		return v
	}
	if head != nil {
		next.Newest = l.witness(*head)
		t, weight := l.newTop(*head)
		c.set(l.topKey(next.Epoch), t, weight, t.Sent.Add(l.life()))
	}
	c.set(l.key(), next, l.weigh(next.Newest.Rows), time.Time{})
	l.lend(next)
	return v
}

// keepChunk caches a chunk, unless the cached one expires later.
func (l list[T]) keepChunk(epoch int64, g *paging.Segment[T], sealed bool, now time.Time) {
	c := l.client.cache
	b, weight := g.Block(g.Sent.Add(l.life())), l.weigh(g.Rows)
	if sealed {
		b.Until = now.Add(sealedFor)
		if l.pack != nil {
			b.Rows, b.Packed = nil, l.pack(g.Rows)
			weight = entryWeight + b.Packed.Bytes()
		}
	}
	key := l.chunkKey(epoch, g.First/l.size)
	if value, ok := c.get(key); !ok || g.Mended || !value.(paging.Block[T]).Until.After(b.Until) {
		c.set(key, b, weight, b.Until)
		l.lendChunk(key, b)
	}
}

// weigh estimates the memory of an entry of rows, in bytes.
func (l list[T]) weigh(rows []T) int {
	n := entryWeight
	for i := range rows {
		n += l.weight(&rows[i])
	}
	return n
}

// beWary remembers that a page of the list ended among rows of one moment without notice.
func (l list[T]) beWary() {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok {
		next := *value.(*paging.Kept[T])
		next.Wary = true
		c.set(l.key(), &next, l.weigh(next.Newest.Rows), time.Time{})
	}
}

// forget ends the epoch of v.
func (l list[T]) forget(v *paging.View[T]) {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok && v.Of(value.(*paging.Kept[T])) {
		c.drop(l.key())
	}
}

// sealed reports whether rows will not change again.
func (l list[T]) sealed(rows []T, now time.Time) bool {
	if l.over == nil {
		return false
	}
	for i := range rows {
		if !l.over(&rows[i], now) {
			return false
		}
	}
	return true
}
