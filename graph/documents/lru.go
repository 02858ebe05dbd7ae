package documents

import (
	"container/list"
	"sync"
)

// entryBytes is about what an entry costs beside its key and value, in bytes.
const entryBytes = 200

// An lru keeps the entries used last, within a number of bytes. Costs are what
// the caller says they are.
type lru[V any] struct {
	mu    sync.Mutex
	max   int
	used  int
	order *list.List // of *entry[V]; the front was used last
	byKey map[string]*list.Element
}

type entry[V any] struct {
	key   string
	value V
	cost  int
}

func newLRU[V any](maxBytes int) *lru[V] {
	return &lru[V]{max: maxBytes, order: list.New(), byKey: make(map[string]*list.Element)}
}

func (c *lru[V]) get(key string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry[V]).value, true
}

// add keeps value under key, in place of what was there. What costs more than
// the whole cache is not kept.
func (c *lru[V]) add(key string, value V, cost int) {
	if cost > c.max {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		c.removeLocked(e)
	}
	c.byKey[key] = c.order.PushFront(&entry[V]{key, value, cost})
	c.used += cost
	for c.used > c.max {
		c.removeLocked(c.order.Back())
	}
}

func (c *lru[V]) removeLocked(e *list.Element) {
	old := c.order.Remove(e).(*entry[V])
	delete(c.byKey, old.key)
	c.used -= old.cost
}
