package upstream

import (
	"context"
	"time"

	"census-gateway/internal/coding"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// A keptRecord is a cached single record.
type keptRecord[T any] struct {
	record   *T
	asked    time.Time // when it was requested
	until    time.Time // when it expires
	borrowed bool      // another gateway requested it
}

// readRecord reads one record. While the cached record is fresh for the time that life
// returns, it costs no call. Otherwise it costs one call, which equal requests made at the
// same time share. check rejects records other than the one requested.
func readRecord[T any](ctx context.Context, c *Client, e calls.Endpoint, id int64, weight func(*T) int, decode func(body string) (*T, error), check func(*T) error, life func(*T) time.Duration) (*T, error) {
	if record, ok := recallRecord[T](ctx, c, e, id); ok {
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
	fl, shared, err := c.cache.flights.do(ctx, c.flight(e, id, ""), 0, func(ctx context.Context) (any, error) {
		if k, ok := borrowRecord[T](c, key); ok {
			keepRecord(c, key, k, weight)
			return k, nil
		}
		sent := time.Now()
		record, err := fetch(ctx)
		if err != nil {
			return nil, err
		}
		k := keptRecord[T]{record: record, asked: sent, until: sent.Add(life(record))}
		if keepRecord(c, key, k, weight) {
			lendRecord(c, key, k)
		}
		return k, nil
	})
	if calls.Refused(err) {
		c.drop(e, id)
	}
	if err != nil {
		err = e.Failed(id, err)
		if old, ok := staleRecord[T](c, e, id, err); ok {
			c.onRead(ctx, Read{Cached: true, Until: time.Now(), Stale: true, AsOf: old.asked})
			return old.record, nil
		}
		return nil, err
	}
	k := fl.value.(keptRecord[T])
	c.onRead(ctx, Read{Cached: shared || k.borrowed, Until: k.until, AsOf: k.asked})
	return k.record, nil
}

// recallRecord returns a cached record that is still fresh.
func recallRecord[T any](ctx context.Context, c *Client, e calls.Endpoint, id int64) (*T, bool) {
	value, ok := c.cache.get(c.entryKey(e, id))
	if !ok {
		return nil, false
	}
	k := value.(keptRecord[T])
	from, read := c.from(e, id), Read{Cached: true, Until: k.until, AsOf: k.asked}
	if k.until.Sub(k.asked) > c.cache.syncsLife() { // records that may change never stay fresh for longer
		from, read.AsOf = c.since, time.Time{}
	}
	if !time.Now().Before(k.until) || k.asked.Before(from) {
		return nil, false
	}
	c.onRead(ctx, read)
	return k.record, true
}

// staleRecord returns a cached record that has expired, if err means that Census fails rather
// than refuses.
func staleRecord[T any](c *Client, e calls.Endpoint, id int64, err error) (old keptRecord[T], ok bool) {
	if !c.cache.bridges(err) {
		return old, false
	}
	value, _ := c.cache.get(c.entryKey(e, id))
	old, ok = value.(keptRecord[T])
	return old, ok && time.Now().Before(old.until.Add(c.cache.stale)) && !old.asked.Before(c.since)
}

// keepRecord caches a record, unless the cached one expires later: that one was requested
// later, or will not change again. It reports whether it did.
func keepRecord[T any](c *Client, key cacheKey, k keptRecord[T], weight func(*T) int) bool {
	if c.cache.entries == nil {
		return false
	}
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	if value, ok := c.cache.get(key); ok && value.(keptRecord[T]).until.After(k.until) {
		return false
	}
	c.cache.set(key, k, entryWeight+weight(k.record), k.until)
	return true
}

// borrowRecord returns a record that another gateway has read, if it is still fresh.
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
