// Package lru keeps the most recently used values, within a limit on their total cost.
package lru

// A Cache evicts the least recently used value first. Its total cost never exceeds its limit. It
// is not safe for concurrent use.
type Cache[V any] struct {
	limit, used int64
	byKey       map[string]*entry[V]
	ring        entry[V] // holds no value; ring.next was used last
}

type entry[V any] struct {
	prev, next *entry[V]
	key        string
	value      V
	cost       int64
}

// New returns an empty Cache.
func New[V any](limit int64) *Cache[V] {
	c := &Cache[V]{limit: limit, byKey: map[string]*entry[V]{}}
	c.ring.prev, c.ring.next = &c.ring, &c.ring
	return c
}

// Get returns the value of key and marks it as used now.
func (c *Cache[V]) Get(key string) (value V, ok bool) { return c.use(c.byKey[key]) }

// GetBytes is Get without an allocation for the key.
func (c *Cache[V]) GetBytes(key []byte) (value V, ok bool) { return c.use(c.byKey[string(key)]) }

func (c *Cache[V]) use(e *entry[V]) (value V, ok bool) {
	if e == nil {
		return value, false
	}
	e.unlink()
	c.moveToFront(e)
	return e.value, true
}

// Put stores value under key, replacing any other. It does not store a value that costs more than
// the limit.
func (c *Cache[V]) Put(key string, value V, cost int64) {
	c.Remove(key)
	if cost > c.limit {
		return
	}
	for c.used+cost > c.limit {
		c.Remove(c.ring.prev.key)
	}
	e := &entry[V]{key: key, value: value, cost: cost}
	c.byKey[key] = e
	c.used += cost
	c.moveToFront(e)
}

// Remove deletes the value of key.
func (c *Cache[V]) Remove(key string) {
	if e, ok := c.byKey[key]; ok {
		delete(c.byKey, key)
		c.used -= e.cost
		e.unlink()
	}
}

// Clear deletes all values.
func (c *Cache[V]) Clear() {
	clear(c.byKey)
	c.used = 0
	c.ring.prev, c.ring.next = &c.ring, &c.ring
}

// Used returns the total cost of the values.
func (c *Cache[V]) Used() int64 { return c.used }

// Len returns the number of values.
func (c *Cache[V]) Len() int { return len(c.byKey) }

func (c *Cache[V]) moveToFront(e *entry[V]) {
	e.prev, e.next = &c.ring, c.ring.next
	e.prev.next, e.next.prev = e, e
}

func (e *entry[V]) unlink() { e.prev.next, e.next.prev = e.next, e.prev }
