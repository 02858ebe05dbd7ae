package upstream

import (
	"time"

	"census-gateway/upstream/paging"
)

// key names what is cached of the list beside its rows.
func (l list[T]) key() cacheKey { return l.client.entryKey(l.endpoint, l.id) }

func (l list[T]) chunkKey(epoch int64, k int) cacheKey {
	return cacheKey{shelf: l.client.calls.Shelf(), endpoint: l.endpoint, id: l.id, epoch: epoch, k: k}
}

// newestKey names the newest rows. They are evicted sooner than the chunks of their list, which
// they prove: they take more memory and expire sooner.
func (l list[T]) newestKey(epoch int64) cacheKey {
	return l.chunkKey(epoch, -1)
}

func (l list[T]) totalsKey() cacheKey { return l.chunkKey(0, -2) }

// weigh estimates the memory of an entry of rows, in bytes.
func (l list[T]) weigh(rows []T) int {
	n := entryWeight
	for i := range rows {
		n += l.weight(&rows[i])
	}
	return n
}

// packNewest returns g in the form it is cached in, and its size in bytes. If memory is short, all
// rows but the newest are packed.
func (l list[T]) packNewest(g paging.Segment[T]) (t *paging.NewestRows[T], weight int) {
	t = &paging.NewestRows[T]{Segment: g, Loose: g.Low}
	t.Raw = nil
	if n := len(g.Rows) - 1; n > 0 && l.pack != nil && l.client.cache.halfFull() {
		t.Below = l.pack(g.Rows[:n])
		t.Low = max(g.Low-n, 0)
		t.First, t.Rows = g.First+n, l.pack(g.Rows[n:]).Rows(0) // a copy, which does not share text with the other rows
		weight = t.Below.Bytes()
	}
	return t, weight + l.weigh(t.Rows)
}

// newestPlace returns the place of the newest row of g.
func (l list[T]) newestPlace(g paging.Segment[T]) paging.Segment[T] {
	n := len(g.Rows) - 1
	g.Low, g.High, g.Raw = max(g.Low-n, 0), min(g.High, 1), nil
	g.First, g.Rows = g.First+n, []T{l.stripped(&g.Rows[n])}
	return g
}

// cachedList returns the cached state of the list without its chunks; nil if it is not cached.
func (l list[T]) cachedList() *paging.CachedList[T] {
	value, _ := l.client.cache.get(l.key())
	k, _ := value.(*paging.CachedList[T])
	return k
}

// ignoreTotalsFor is how long the totals of a list are ignored after they were found wrong.
const ignoreTotalsFor = 10 * time.Minute

// ignoresTotals reports whether totals of the list were found wrong recently.
func (l list[T]) ignoresTotals() bool {
	if !l.client.cache.wrongTotals.Load() {
		return false
	}
	value, ok := l.client.cache.get(l.totalsKey())
	return ok && time.Now().Before(value.(time.Time))
}

// ignoreWrongTotals remembers that the totals of the list are wrong, if v has shown it.
func (l list[T]) ignoreWrongTotals(v *paging.View[T]) {
	if v.TotalsWrong() {
		until := time.Now().Add(ignoreTotalsFor)
		l.client.cache.wrongTotals.Store(true)
		l.client.cache.set(l.totalsKey(), until, entryWeight, until)
	}
}

// distrustTies remembers that a page of the list ended among rows of one moment without notice.
func (l list[T]) distrustTies() {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok {
		next := *value.(*paging.CachedList[T])
		next.DistrustTies = true
		c.set(l.key(), &next, l.weigh(next.Newest.Rows), time.Time{})
	}
}

// endEpoch ends the epoch of v.
func (l list[T]) endEpoch(v *paging.View[T]) {
	c := l.client.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.get(l.key()); ok && v.SameEpoch(value.(*paging.CachedList[T])) {
		c.drop(l.key())
	}
}
