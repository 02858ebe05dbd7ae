package documents

import (
	"sync"

	"census-gateway/internal/lru"
)

// entryBytes is about the memory of an entry without its key and value, in bytes.
const entryBytes = 200

// A cache is a cache of recently used values. It is safe for concurrent use.
type cache[V any] struct {
	mu      sync.Mutex
	entries *lru.Cache[V]
}

func newCache[V any](maxBytes int64) *cache[V] { return &cache[V]{entries: lru.New[V](maxBytes)} }

func (s *cache[V]) get(key string) (value V, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.entries.Get(key)
}

func (s *cache[V]) add(key string, value V, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entries.Put(key, value, int64(bytes))
}
