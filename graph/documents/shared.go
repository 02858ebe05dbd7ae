package documents

import (
	"sync"

	"census-gateway/internal/lru"
)

// entryBytes is about the memory of an entry without its key and value, in bytes.
const entryBytes = 200

// A shared is a cache of recently used values. It is safe for concurrent use.
type shared[V any] struct {
	mu   sync.Mutex
	kept *lru.Cache[V]
}

func newShared[V any](maxBytes int64) *shared[V] { return &shared[V]{kept: lru.New[V](maxBytes)} }

func (s *shared[V]) get(key string) (value V, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.kept.Get(key)
}

func (s *shared[V]) add(key string, value V, bytes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept.Put(key, value, int64(bytes))
}
