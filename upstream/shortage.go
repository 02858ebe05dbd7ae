package upstream

import (
	"hash/maphash"
	"sync"
	"time"
)

// shortageFor is the period over which a cache is checked for its size. An entry that is
// evicted and requested again within it would have been worth keeping.
const shortageFor = 5 * time.Minute

// maxLost limits how many evicted entries are remembered, at about 50 bytes each. If there are
// more, every second one is remembered, or every fourth, and so on.
const maxLost = 4096

// A shortage measures by how much a cache is too small. It remembers evicted entries and
// counts the bytes of those that are requested again, once in each period. The zero value is
// ready for use. It locks itself.
type shortage struct {
	mu     sync.Mutex
	lost   map[uint64]lost
	skips  uint64 // keys whose hashes have any of these bits are not remembered
	began  time.Time
	bytes  int64 // requested again in this period, of those remembered
	before int64 // in the period before, of all
}

// lost is an evicted entry.
type lost struct {
	bytes int
	until time.Time // when it would have expired; zero: never
	at    time.Time
	again bool // it was requested again in this period
}

var shortageSeed = maphash.MakeSeed()

// lostKey hashes what was requested. A chunk is the same one in every epoch.
func lostKey(key cacheKey) uint64 {
	key.epoch = 0
	return maphash.Comparable(shortageSeed, key)
}

// loses records that an entry was evicted.
func (s *shortage) loses(key cacheKey, e entry, now time.Time) {
	h := lostKey(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if h&s.skips != 0 {
		return
	}
	if s.lost == nil {
		s.lost = make(map[uint64]lost)
	}
	s.lost[h] = lost{bytes: e.bytes, until: e.until, at: now, again: s.lost[h].again}
	for len(s.lost) > maxLost {
		s.skips = s.skips<<1 | 1
		for h, l := range s.lost {
			if h&s.skips != 0 {
				delete(s.lost, h)
				if l.again {
					s.bytes -= int64(l.bytes)
				}
			}
		}
	}
}

// misses records that something was requested and not found.
func (s *shortage) misses(key cacheKey, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lost) == 0 {
		return
	}
	h := lostKey(key)
	l, ok := s.lost[h]
	if !ok || l.again || now.Sub(l.at) > shortageFor || !l.until.IsZero() && now.After(l.until) {
		return
	}
	l.again = true
	s.lost[h] = l
	s.bytes += int64(l.bytes)
}

// look returns by how many bytes the cache was too small, in this period or the one before.
func (s *shortage) look() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.bytes*int64(s.skips+1), s.before)
}

// over reports whether a period has ended, and begins the next.
func (s *shortage) over(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.began.IsZero() {
		s.began = now
	}
	if now.Sub(s.began) < shortageFor {
		return false
	}
	s.began, s.before, s.bytes = now, s.bytes*int64(s.skips+1), 0
	for h, l := range s.lost {
		if l.again = false; now.Sub(l.at) > shortageFor {
			delete(s.lost, h)
		} else {
			s.lost[h] = l
		}
	}
	if len(s.lost) == 0 {
		s.skips = 0
	}
	return true
}
