package upstream

import (
	"time"

	"census-gateway/upstream/paging"
)

func (l list[T]) key() cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id}
}

func (l list[T]) chunkKey(epoch int64, k int) cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id, epoch: epoch, k: k}
}

// life is how long what may change is kept.
func (l list[T]) life() time.Duration {
	if l.over == nil {
		return syncsFor * l.client.cache.freshness
	}
	return l.client.cache.freshness
}

// recall begins a view with what is kept and counts. With more, what is over its time for
// no longer than that counts too.
func (l list[T]) recall(more time.Duration) *paging.View[T] {
	v := l.remember(more)
	if !v.Remembers() {
		return v
	}
	var newest *paging.Top[T]
	if value, ok := l.client.cache.get(l.topKey(v.Epoch)); ok {
		newest = value.(*paging.Top[T])
	}
	v.Recall(newest, time.Now(), l.life(), more)
	return v
}

// remember begins a view with the chunks that are kept, but not the newest rows.
func (l list[T]) remember(more time.Duration) *paging.View[T] {
	v := l.begin()
	c := l.client.cache
	if l.isDeaf() {
		return v.BeDeaf()
	}
	value, ok := c.get(l.key())
	if !ok {
		return v
	}
	now := time.Now()
	k := value.(*paging.Kept[T])
	if k.Size != l.size {
		return v
	}
	v.Remember(k, func(n int) (g paging.Segment[T], ok bool) {
		value, ok := c.get(l.chunkKey(k.Epoch, n/l.size))
		if !ok {
			return g, false
		}
		b := value.(paging.Block[T])
		if !now.Before(b.Until.Add(more)) {
			return g, false
		}
		return b.Open(), true
	})
	return v
}

// keep keeps what v found out. What others have found out of another epoch
// meanwhile is left as it is, and so is what was asked for later than what v read;
// and where Census does not tell how long a list is, nothing is kept. It returns v,
// or where an epoch begins with what v read, that alone.
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
		Epoch:  func() int64 { return c.epochs.Add(1) },
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
	return v
}

// keepChunk keeps a chunk, unless one is kept that counts for longer.
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
	}
}

// weigh is about what an entry of rows takes in memory.
func (l list[T]) weigh(rows []T) int {
	n := entryWeight
	for i := range rows {
		n += l.weight(&rows[i])
	}
	return n
}

// beWary notes that a page of the list ended among rows of one moment without telling.
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

// sealed tells whether rows will not change any more.
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
