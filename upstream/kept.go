package upstream

import (
	"time"
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
func (l list[T]) recall(more time.Duration) *view[T] {
	v := l.remember(more)
	if !v.remembers() {
		return v
	}
	var newest *top[T]
	if value, ok := l.client.cache.get(l.topKey(v.epoch)); ok {
		newest = value.(*top[T])
	}
	v.recall(newest, time.Now(), l.life(), more)
	return v
}

// remember begins a view with the chunks that are kept, but not the newest rows.
func (l list[T]) remember(more time.Duration) *view[T] {
	v := l.begin()
	c := l.client.cache
	if l.isDeaf() {
		return v.beDeaf()
	}
	value, ok := c.get(l.key())
	if !ok {
		return v
	}
	now := time.Now()
	k := value.(*kept[T])
	if k.size != l.size {
		return v
	}
	v.remember(k, func(n int) (g segment[T], ok bool) {
		value, ok := c.get(l.chunkKey(k.epoch, n/l.size))
		if !ok {
			return g, false
		}
		b := value.(block[T])
		if !now.Before(b.until.Add(more)) {
			return g, false
		}
		return b.open(), true
	})
	return v
}

// keep keeps what v found out. What others have found out of another epoch
// meanwhile is left as it is, and so is what was asked for later than what v read;
// and where Census does not tell how long a list is, nothing is kept. It returns v,
// or where an epoch begins with what v read, that alone.
func (l list[T]) keep(v *view[T]) *view[T] {
	c := l.client.cache
	if c.entries == nil || !v.learned() {
		return v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	value, _ := c.get(l.key())
	was, _ := value.(*kept[T])
	now := time.Now()
	v, next, head := v.keep(was, keeper[T]{
		size:   l.size,
		epoch:  func() int64 { return c.epochs.Add(1) },
		sealed: func(rows []T) bool { return l.sealed(rows, now) },
		chunk:  func(epoch int64, g *segment[T], sealed bool) { l.keepChunk(epoch, g, sealed, now) },
	})
	if next == nil {
		return v
	}
	if head != nil {
		next.newest = l.witness(*head)
		t, weight := l.newTop(*head)
		c.set(l.topKey(next.epoch), t, weight, t.sent.Add(l.life()))
	}
	c.set(l.key(), next, l.weigh(next.newest.rows), time.Time{})
	return v
}

// keepChunk keeps a chunk, unless one is kept that counts for longer.
func (l list[T]) keepChunk(epoch int64, g *segment[T], sealed bool, now time.Time) {
	c := l.client.cache
	b, weight := g.block(g.sent.Add(l.life())), l.weigh(g.rows)
	if sealed {
		b.until = now.Add(sealedFor)
		if l.pack != nil {
			b.rows, b.packed = nil, l.pack(g.rows)
			weight = entryWeight + b.packed.Bytes()
		}
	}
	key := l.chunkKey(epoch, g.first/l.size)
	if value, ok := c.get(key); !ok || g.mended || !value.(block[T]).until.After(b.until) {
		c.set(key, b, weight, b.until)
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
		next := *value.(*kept[T])
		next.wary = true
		c.set(l.key(), &next, l.weigh(next.newest.rows), time.Time{})
	}
}

// forget ends the epoch of v.
func (l list[T]) forget(v *view[T]) {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok && v.of(value.(*kept[T])) {
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
