package answers

import (
	"context"
	"sync/atomic"
	"time"
)

type slotKey struct{}

// A slot takes down what is said of the answer to one request.
type slot struct {
	cache *Cache
	until atomic.Int64 // in the Cache's time; 0: nothing was said; less: never
}

// Fresh says that what the answer to ctx's request is made from is good for d
// from now on, so that the answer may be kept for so long. It must be said before
// the header of the answer is written. Said several times, the shortest counts;
// 0 or less forbids keeping it, whatever else is said: it is given to those who ask
// the same just now, and to nobody after. That is what to say of an answer that has
// errors or holds stale data; of one that changes something nothing may be said.
//
// It may be called from many goroutines, and does nothing where ctx's request
// could not be kept anyway.
func Fresh(ctx context.Context, d time.Duration) {
	s, ok := ctx.Value(slotKey{}).(*slot)
	if !ok {
		return
	}
	until := int64(-1)
	if d > 0 {
		until = int64(s.cache.now()) + int64(min(d, maxFresh))
	}
	for {
		said := s.until.Load()
		if said != 0 && said <= until || s.until.CompareAndSwap(said, until) {
			return
		}
	}
}

// maxFresh is the longest an answer is kept: a day, lest a mistake last.
const maxFresh = 24 * time.Hour
