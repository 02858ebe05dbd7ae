package upstream

import (
	"context"
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// A cachedRecord is a cached single record.
type cachedRecord[T any] struct {
	record    *T
	requested time.Time // when it was requested
	until     time.Time // when it expires
	borrowed  bool      // another gateway requested it
}

// readRecord reads one record. While the cached record is fresh for the time that life
// returns, it costs no call. Otherwise it costs one call, which equal requests made at the
// same time share. check rejects records other than the one requested.
func readRecord[T any](ctx context.Context, c *Client, e calls.Endpoint, id int64, weight func(*T) int, decode func(body string) (*T, error), check func(*T) error, life func(*T) time.Duration) (*T, error) {
	if record, ok := freshRecord[T](ctx, c, e, id); ok {
		return record, nil
	}
	return fetchRecord(ctx, c, e, id, weight, func(ctx context.Context) (*T, error) {
		answer, err := c.calls.Get(ctx, e, id, "")
		if err != nil {
			return nil, err
		}
		record, err := decode(answer.Text)
		answer.Free()
		if err == nil {
			err = check(record)
		}
		if err != nil {
			return nil, e.Unreadable(id, err)
		}
		return record, nil
	}, life)
}

// fetchRecord is readRecord for a record that is not in memory. It calls fetch.
func fetchRecord[T any](ctx context.Context, c *Client, e calls.Endpoint, id int64, weight func(*T) int, fetch func(context.Context) (*T, error), life func(*T) time.Duration) (*T, error) {
	key := c.entryKey(e, id) // before the request: a 401 to another call meanwhile changes the shelf
	fl, shared, err := c.cache.flights.do(ctx, c.flightKey(e, id, ""), 0, func(ctx context.Context) (any, error) {
		if k, ok := borrowRecord[T](c, key); ok {
			cacheRecord(c, key, k, weight)
			return k, nil
		}
		sent := time.Now()
		record, err := fetch(ctx)
		if err != nil {
			return nil, err
		}
		k := cachedRecord[T]{record: record, requested: sent, until: sent.Add(life(record))}
		if cacheRecord(c, key, k, weight) {
			lendRecord(c, key, k)
		}
		return k, nil
	})
	if calls.Refused(err) {
		c.dropRefused(e, id)
	}
	if err != nil {
		err = e.Failed(id, err)
		if old, ok := staleRecord[T](c, e, id, err); ok {
			c.onRead(ctx, ReadReport{Cached: true, Until: time.Now(), Stale: true, AsOf: old.requested})
			return old.record, nil
		}
		return nil, err
	}
	k := fl.value.(cachedRecord[T])
	c.onRead(ctx, ReadReport{Cached: shared || k.borrowed, Until: k.until, AsOf: k.requested})
	return k.record, nil
}

// freshRecord returns a cached record that is still fresh.
func freshRecord[T any](ctx context.Context, c *Client, e calls.Endpoint, id int64) (*T, bool) {
	value, ok := c.cache.get(c.entryKey(e, id))
	if !ok {
		return nil, false
	}
	k := value.(cachedRecord[T])
	from, read := c.notBefore(e, id), ReadReport{Cached: true, Until: k.until, AsOf: k.requested}
	if k.until.Sub(k.requested) > c.cache.syncsLifetime() { // records that may change never stay fresh for longer
		from, read.AsOf = c.since, time.Time{}
	}
	if !time.Now().Before(k.until) || k.requested.Before(from) {
		return nil, false
	}
	c.onRead(ctx, read)
	return k.record, true
}

// staleRecord returns a cached record that has expired, if err means that Census fails rather
// than refuses.
func staleRecord[T any](c *Client, e calls.Endpoint, id int64, err error) (old cachedRecord[T], ok bool) {
	if !c.cache.mayServeStale(err) {
		return old, false
	}
	value, _ := c.cache.get(c.entryKey(e, id))
	old, ok = value.(cachedRecord[T])
	return old, ok && time.Now().Before(old.until.Add(c.cache.stale)) && !old.requested.Before(c.since)
}

// cacheRecord caches a record, unless the cached one expires later: that one was requested
// later, or will not change again. It reports whether it did.
func cacheRecord[T any](c *Client, key cacheKey, k cachedRecord[T], weight func(*T) int) bool {
	if c.cache.entries == nil {
		return false
	}
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	if value, ok := c.cache.get(key); ok && value.(cachedRecord[T]).until.After(k.until) {
		return false
	}
	c.cache.set(key, k, entryWeight+weight(k.record), k.until)
	return true
}

// borrowRecord returns a record that another gateway has read, if it is still fresh.
func borrowRecord[T any](c *Client, key cacheKey) (k cachedRecord[T], ok bool) {
	if !c.hasStore() {
		return k, false
	}
	k.borrowed = true
	found := c.getShared(c.sharedKey("record", key), func(r *coding.Reader) bool {
		k.requested, k.until = r.Time(), r.Time()
		record := census.Read[T](r)
		k.record = &record
		return !r.Failed()
	})
	return k, found && time.Now().Before(k.until) && !k.requested.Before(c.notBefore(key.endpoint, key.id)) && c.calls.Accepted(k.requested)
}

// lendRecord stores a record for other gateways.
func lendRecord[T any](c *Client, key cacheKey, k cachedRecord[T]) {
	if c.hasStore() {
		c.putShared(c.sharedKey("record", key), time.Until(k.until), func(w *coding.Writer) {
			w.Time(k.requested)
			w.Time(k.until)
			census.Write(w, k.record)
		})
	}
}
