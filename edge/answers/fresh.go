package answers

import (
	"context"
	"sync/atomic"
	"time"
)

type freshnessKey struct{}

// A freshness records how long the answer to one request stays fresh.
type freshness struct {
	cache *Cache
	until atomic.Int64 // in the Cache's time; 0: unknown; negative: never
}

// Fresh declares that the data in the answer to ctx's request stays fresh for d from now. The
// answer may be kept for that long. Call it before the header of the answer is written. If it is
// called several times, the shortest d applies. With d of 0 or less the answer is not kept; only
// identical requests that are waiting get it. Use that for an answer that has errors or stale data.
// Do not call Fresh for an operation that changes something.
//
// It is safe for concurrent use. It does nothing if the answer to ctx's request cannot be kept
// anyway.
func Fresh(ctx context.Context, d time.Duration) {
	s, ok := ctx.Value(freshnessKey{}).(*freshness)
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

// maxFresh is the longest time that an answer is kept: a day, to limit the effect of a mistake.
const maxFresh = 24 * time.Hour
