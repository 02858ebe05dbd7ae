package upstream

import (
	"hash/maphash"
	"sync"
	"time"
)

// shortageFor is the time over which a cache that is too small is looked at: what
// lost its place and was asked for again within it would have been worth its room.
const shortageFor = 5 * time.Minute

// maxLost bounds how many entries that lost their place are remembered, in some 50
// bytes each. Where there are more it is every second of them, or fourth, and so on.
const maxLost = 4096

// A shortage finds out by how much a cache is too small: it remembers what lost its
// place, and counts the bytes of what is asked for again, once in each period. The
// zero value has seen nothing. It locks itself.
type shortage struct {
	mu     sync.Mutex
	lost   map[uint64]lost
	skips  uint64 // of the hashes of keys, those with none of these bits are remembered
	began  time.Time
	bytes  int64 // asked for again in the present period, of those remembered
	before int64 // in the period before, of all
}

// lost is an entry that lost its place.
type lost struct {
	bytes int
	until time.Time // until when it would have counted; zero: for long
	at    time.Time
	again bool // it was asked for again in the present period
}

var shortageSeed = maphash.MakeSeed()

// lostKey stands for what was asked for: a chunk is the same one in whatever epoch.
func lostKey(key cacheKey) uint64 {
	key.epoch = 0
	return maphash.Comparable(shortageSeed, key)
}

// loses notes that an entry lost its place.
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

// misses notes that something was asked for and is not there.
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

// look is by how many bytes the cache was too small, in the present period or the one
// before.
func (s *shortage) look() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return max(s.bytes*int64(s.skips+1), s.before)
}

// over tells whether a period is over, which begins the next.
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
