package upstream

import (
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/paging"
)

// A gateway uses entries of other gateways, and its own from before a restart, as if it had cached
// them just now: the epoch of a list with the newest rows, and each chunk of the epoch. The next
// page that it reads verifies them like its own.

// borrow caches the list as another gateway has read it, if that is newer.
func (l list[T]) borrow() {
	c := l.client.cache
	now := time.Now()
	if was := l.cachedList(); was != nil && was.Size == l.size && now.Before(was.Proved().Add(l.lifetime())) && !was.Proved().Before(l.client.notBefore(l.endpoint, l.id)) {
		return
	}
	key := l.key()
	var k *paging.CachedList[T]
	var newest *paging.Segment[T]
	found := l.client.getShared(l.client.sharedKey("list", key), func(r *coding.Reader) (ok bool) {
		k, newest, ok = paging.ReadCachedList(r, c.flights.now(), l.parse) // calls in progress do not belong to it
		return ok
	})
	if !found || k.Size != l.size || !l.client.calls.Accepted(k.Proved()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next := k.Newer(l.cachedList())
	if next == nil {
		return
	}
	if newest != nil {
		t, weight := l.packNewest(*newest)
		c.set(l.newestKey(next.Epoch), t, weight, t.Sent.Add(l.lifetime()))
	}
	c.set(key, next, l.weigh(next.Newest.Rows), time.Time{})
}

// lend stores k and the newest rows for other gateways. The entry lives as long as sealed chunks,
// because it verifies their places.
func (l list[T]) lend(k *paging.CachedList[T]) {
	if !l.client.hasStore() {
		return
	}
	value, _ := l.client.cache.get(l.newestKey(k.Epoch))
	t, _ := value.(*paging.NewestRows[T])
	l.client.putShared(l.client.sharedKey("list", l.key()), sealedFor+l.client.cache.stale, func(w *coding.Writer) { k.Write(w, t, l.write) })
}

// borrowChunk returns a chunk from the store and caches it.
func (l list[T]) borrowChunk(key cacheKey) (any, bool) {
	if !l.client.hasStore() || l.localOnly || l.client.cache.storeMisses.has(key) {
		return nil, false
	}
	var b paging.CachedChunk[T]
	found := l.client.getShared(l.client.sharedKey("chunk", key), func(r *coding.Reader) (ok bool) {
		b, ok = paging.ReadCachedChunk(r, l.parse)
		return ok
	})
	if !found {
		l.client.cache.storeMisses.add(key)
		return nil, false
	}
	weight := l.weigh(b.Rows)
	if l.pack != nil {
		b.Rows, b.Packed = nil, l.pack(b.Rows)
		weight = entryWeight + b.Packed.Bytes()
	}
	l.client.cache.set(key, b, weight, b.Until)
	return b, true
}

// lendChunk stores a chunk for other gateways.
func (l list[T]) lendChunk(key cacheKey, b paging.CachedChunk[T]) {
	if l.client.hasStore() {
		l.client.putShared(l.client.sharedKey("chunk", key), time.Until(b.Until)+l.client.cache.stale, func(w *coding.Writer) { b.Write(w, l.write) })
	}
}
