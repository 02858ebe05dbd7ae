package upstream

import (
	"time"

	"census-gateway/upstream/paging"
)

// deafFor is how long a list whose totals were found wrong is read deaf.
const deafFor = 10 * time.Minute

func (l list[T]) deafKey() cacheKey { return l.chunkKey(0, -2) }

// isDeaf tells whether totals of the list were found wrong of late.
func (l list[T]) isDeaf() bool {
	if !l.client.cache.deaf.Load() {
		return false
	}
	value, ok := l.client.cache.get(l.deafKey())
	return ok && time.Now().Before(value.(time.Time))
}

// deafen remembers it if v has shown that the totals of the list are wrong.
func (l list[T]) deafen(v *paging.View[T]) {
	if v.HeardWrong() {
		until := time.Now().Add(deafFor)
		l.client.cache.deaf.Store(true)
		l.client.cache.set(l.deafKey(), until, entryWeight, until)
	}
}
