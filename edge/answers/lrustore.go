package answers

import (
	"time"

	"census-gateway/internal/lru"
)

// overhead is the size of an answer besides its key and body, in bytes. It covers the header and
// the cache entry: half a KiB for today's headers, and as much again for future ones.
const overhead = 1 << 10

// A store is a bounded set of answers that evicts the least recently used first. It never exceeds
// its bound.
type store struct {
	*lru.Cache[*answer]
	limit int64 // bytes
}

func newStore(limit int64) store { return store{lru.New[*answer](limit), limit} }

// fits reports whether an answer of that size may be kept. The maximum is an eighth of the store,
// so that one answer cannot evict all others.
func (s store) fits(key, body int) bool { return cost(key, body) <= s.limit/8 }

func cost(key, body int) int64 { return int64(key) + int64(body) + overhead }

// get returns the answer for key if it is fresh at now. It removes an expired answer.
func (s store) get(key []byte, now time.Duration) *answer {
	a, _ := s.GetBytes(key)
	if a != nil && now >= a.until {
		s.Remove(a.key)
		return nil
	}
	return a
}

// put stores a, replacing any other answer for its key.
func (s store) put(a *answer) { s.Put(a.key, a, cost(len(a.key), len(a.body))) }
