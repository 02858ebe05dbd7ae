package answers

import (
	"time"

	"census-gateway/internal/lru"
)

// overhead is what an answer takes besides its key and body, in bytes: header,
// place in the cache, half a KiB for the headers of today, and as much again for
// those to come.
const overhead = 1 << 10

// A store is a bounded set of answers that forgets the one longest unused first.
// The bound holds at every moment.
type store struct {
	*lru.Cache[*answer]
	limit int64 // bytes
}

func newStore(limit int64) store { return store{lru.New[*answer](limit), limit} }

// fits reports whether an answer of that size may be kept: an eighth at most, so
// that one cannot push out all others.
func (s store) fits(key, body int) bool { return cost(key, body) <= s.limit/8 }

func cost(key, body int) int64 { return int64(key) + int64(body) + overhead }

// get finds the answer to key that is good at now. One that is over is dropped.
func (s store) get(key []byte, now time.Duration) *answer {
	a, _ := s.GetBytes(key)
	if a != nil && now >= a.until {
		s.Remove(a.key)
		return nil
	}
	return a
}

// put keeps a, in place of what there was.
func (s store) put(a *answer) { s.Put(a.key, a, cost(len(a.key), len(a.body))) }
