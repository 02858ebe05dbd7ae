package upstream

import (
	"time"

	"census-gateway/upstream/paging"
)

// deafFor is how long the totals of a list are ignored after they were found wrong.
const deafFor = 10 * time.Minute

func (l list[T]) deafKey() cacheKey { return l.chunkKey(0, -2) }

// isDeaf reports whether totals of the list were found wrong recently.
func (l list[T]) isDeaf() bool {
	if !l.client.cache.deaf.Load() {
		return false
	}
	value, ok := l.client.cache.get(l.deafKey())
	return ok && time.Now().Before(value.(time.Time))
}

// deafen remembers that the totals of the list are wrong, if v has shown it.
func (l list[T]) deafen(v *paging.View[T]) {
	if v.HeardWrong() {
		until := time.Now().Add(deafFor)
		l.client.cache.deaf.Store(true)
		l.client.cache.set(l.deafKey(), until, entryWeight, until)
	}
}
