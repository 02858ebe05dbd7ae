package upstream

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A gateway uses entries of others, and its own of before its last start, as if it had cached them
// now: the epoch of a list with the newest rows, and each chunk of the epoch. The next page read
// proves them in the same way.

// borrow caches what another gateway has read of the list since this one did.
func (l list[T]) borrow() {
	c := l.client.cache
	now := time.Now()
	if was := l.kept(); was != nil && was.Size == l.size && now.Before(was.Proved().Add(l.life())) && !was.Proved().Before(l.client.from(l.endpoint, l.id)) {
		return
	}
	key := l.key()
	var k *paging.Kept[T]
	var newest *paging.Segment[T]
	found := l.client.receive(l.client.sharedKey("list", key), func(r *coding.Reader) (ok bool) {
		k, newest, ok = paging.ReadKept(r, c.flights.moment(), l.parse) // no call under way goes with it
		return ok
	})
	if !found || k.Size != l.size || !l.client.calls.Accepted(k.Proved()) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	next := k.Newer(l.kept())
	if next == nil {
		return
	}
	if newest != nil {
		t, weight := l.newTop(*newest)
		c.set(l.topKey(next.Epoch), t, weight, t.Sent.Add(l.life()))
	}
	c.set(key, next, l.weigh(next.Newest.Rows), time.Time{})
}

// kept returns what is cached of the list beside its chunks; nil: nothing.
func (l list[T]) kept() *paging.Kept[T] {
	value, _ := l.client.cache.get(l.key())
	k, _ := value.(*paging.Kept[T])
	return k
}

// lend stores k, with the newest rows, for other gateways. It stays for as long as sealed chunks
// do, whose places it proves.
func (l list[T]) lend(k *paging.Kept[T]) {
	if !l.client.shares() {
		return
	}
	value, _ := l.client.cache.get(l.topKey(k.Epoch))
	t, _ := value.(*paging.Top[T])
	l.client.send(l.client.sharedKey("list", l.key()), sealedFor+l.client.cache.stale, func(w *coding.Writer) { k.Write(w, t, l.write) })
}

// borrowChunk returns a chunk from the store, and caches it.
func (l list[T]) borrowChunk(key cacheKey) (any, bool) {
	if !l.client.shares() || l.alone || l.client.cache.absent.has(key) {
		return nil, false
	}
	var b paging.Block[T]
	found := l.client.receive(l.client.sharedKey("chunk", key), func(r *coding.Reader) (ok bool) {
		b, ok = paging.ReadBlock(r, l.parse)
		return ok
	})
	if !found {
		l.client.cache.absent.add(key)
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

// absent are chunks that the store lacked within the last second. A scan looks for each of them
// several times before it reads it.
type absent struct {
	mu   sync.Mutex
	from time.Time // when the first was added
	keys map[cacheKey]bool
}

func (a *absent) has(key cacheKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.keys[key] && time.Since(a.from) < time.Second
}

func (a *absent) add(key cacheKey) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.keys == nil || time.Since(a.from) >= time.Second {
		a.from, a.keys = time.Now(), make(map[cacheKey]bool)
	}
	a.keys[key] = true
}

// lendChunk stores a chunk for other gateways.
func (l list[T]) lendChunk(key cacheKey, b paging.Block[T]) {
	if l.client.shares() {
		l.client.send(l.client.sharedKey("chunk", key), time.Until(b.Until)+l.client.cache.stale, func(w *coding.Writer) { b.Write(w, l.write) })
	}
}

// borrowRecord returns a record that another gateway has read and that is still fresh.
func borrowRecord[T any](c *Client, key cacheKey) (k keptRecord[T], ok bool) {
	if !c.shares() {
		return k, false
	}
	k.borrowed = true
	found := c.receive(c.sharedKey("record", key), func(r *coding.Reader) bool {
		k.asked, k.until = r.Time(), r.Time()
		record := census.Read[T](r)
		k.record = &record
		return !r.Failed()
	})
	return k, found && time.Now().Before(k.until) && !k.asked.Before(c.from(key.endpoint, key.id)) && c.calls.Accepted(k.asked)
}

// borrowSyncs moves syncs that another gateway has read from missing to found.
func (c *Client) borrowSyncs(ctx context.Context, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	var mu sync.Mutex
	each(c.MaxCalls(), slices.Collect(maps.Keys(missing)), func(id census.SyncID) {
		key := c.recordKey(calls.FetchSync, int64(id))
		k, ok := borrowRecord[census.Sync](c, key)
		if !ok {
			return
		}
		keepRecord(c, key, k, (*census.Sync).Weight)
		c.onRead(ctx, Read{Cached: true, Until: k.until, AsOf: k.asked})
		mu.Lock()
		defer mu.Unlock()
		found[id] = SyncResult{Sync: k.record}
		delete(missing, id)
	})
}

// lendRecord stores a record for other gateways.
func lendRecord[T any](c *Client, key cacheKey, k keptRecord[T]) {
	if c.shares() {
		c.send(c.sharedKey("record", key), time.Until(k.until), func(w *coding.Writer) {
			w.Time(k.asked)
			w.Time(k.until)
			census.Write(w, k.record)
		})
	}
}
