package upstream

import (
	"hash/maphash"
	"sync"
	"time"
)

// shortagePeriod is the period over which a cache is checked for its size. An entry that is
// evicted and requested again within it would have been worth keeping.
const shortagePeriod = 5 * time.Minute

// maxEvictions limits how many evicted entries are remembered, at about 50 bytes each. If there are
// more, every second one is remembered, or every fourth, and so on.
const maxEvictions = 4096

// A shortage measures by how much a cache is too small. It remembers evicted entries and
// counts the bytes of those that are requested again, once in each period. The zero value is
// ready for use. It locks itself.
type shortage struct {
	mu          sync.Mutex
	evictions   map[uint64]eviction
	skipMask    uint64 // keys whose hashes have any of these bits are not remembered
	periodStart time.Time
	bytes       int64 // requested again in this period, of those remembered
	previous    int64 // in the period before, of all
}

// eviction is an evicted entry.
type eviction struct {
	bytes   int
	until   time.Time // when it would have expired; zero: never
	at      time.Time
	counted bool // it was requested again in this period
}

var shortageSeed = maphash.MakeSeed()

// evictionKey hashes what was requested. A chunk is the same one in every epoch.
func evictionKey(key cacheKey) uint64 {
	key.epoch = 0
	return maphash.Comparable(shortageSeed, key)
}

// evicted records that an entry was evicted.
func (s *shortage) evicted(key cacheKey, e entry, now time.Time) {
	h := evictionKey(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if h&s.skipMask != 0 {
		return
	}
	if s.evictions == nil {
		s.evictions = make(map[uint64]eviction)
	}
	s.evictions[h] = eviction{bytes: e.bytes, until: e.until, at: now, counted: s.evictions[h].counted}
	for len(s.evictions) > maxEvictions {
		s.skipMask = s.skipMask<<1 | 1
		for h, l := range s.evictions {
			if h&s.skipMask != 0 {
				delete(s.evictions, h)
				if l.counted {
					s.bytes -= int64(l.bytes)
				}
			}
		}
	}
}

// missed records that something was requested and not found.
func (s *shortage) missed(key cacheKey, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.evictions) == 0 {
		return
	}
	h := evictionKey(key)
	l, ok := s.evictions[h]
	if !ok || l.counted || now.Sub(l.at) > shortagePeriod || !l.until.IsZero() && now.After(l.until) {
		return
	}
	l.counted = true
	s.evictions[h] = l
	s.bytes += int64(l.bytes)
}

// bytesShort returns by how many bytes the cache was too small, in this period or the one before.
func (s *shortage) bytesShort() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.bytes*int64(s.skipMask+1), s.previous)
}

// nextPeriod reports whether a period has ended, and begins the next.
func (s *shortage) nextPeriod(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.periodStart.IsZero() {
		s.periodStart = now
	}
	if now.Sub(s.periodStart) < shortagePeriod {
		return false
	}
	s.periodStart, s.previous, s.bytes = now, s.bytes*int64(s.skipMask+1), 0
	for h, l := range s.evictions {
		if l.counted = false; now.Sub(l.at) > shortagePeriod {
			delete(s.evictions, h)
		} else {
			s.evictions[h] = l
		}
	}
	if len(s.evictions) == 0 {
		s.skipMask = 0
	}
	return true
}
