package answers

import (
	"container/list"
	"time"
)

// overhead is what an answer takes besides its key and body, in bytes: header,
// list element and places in maps: half a KiB for the headers of today, and as
// much again for those to come.
const overhead = 1 << 10

// A store is a bounded set of answers that forgets the one longest unused first.
// The bound holds at every moment.
type store struct {
	limit  int64 // bytes
	used   int64
	byKey  map[string]*list.Element
	recent *list.List // of *answer, the latest used in front
}

func newStore(limit int64) store {
	return store{limit: limit, byKey: map[string]*list.Element{}, recent: list.New()}
}

// fits reports whether an answer of that size may be kept: an eighth at most, so
// that one cannot push out all others.
func (s *store) fits(key, body int) bool { return cost(key, body) <= s.limit/8 }

func cost(key, body int) int64 { return int64(key) + int64(body) + overhead }

// get finds the answer to key that is good at now. One that is over is dropped.
func (s *store) get(key []byte, now time.Duration) *answer {
	e, ok := s.byKey[string(key)]
	if !ok {
		return nil
	}
	a := e.Value.(*answer)
	if now >= a.until {
		s.drop(e)
		return nil
	}
	s.recent.MoveToFront(e)
	return a
}

// put keeps a, in place of what there was. It is not called with one that does not fit.
func (s *store) put(a *answer) {
	if e, ok := s.byKey[a.key]; ok {
		s.drop(e)
	}
	size := cost(len(a.key), len(a.body))
	for s.used+size > s.limit {
		s.drop(s.recent.Back())
	}
	s.byKey[a.key] = s.recent.PushFront(a)
	s.used += size
}

func (s *store) drop(e *list.Element) {
	a := s.recent.Remove(e).(*answer)
	delete(s.byKey, a.key)
	s.used -= cost(len(a.key), len(a.body))
}
