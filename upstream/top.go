package upstream

import "census-gateway/upstream/paging"

// topKey names the newest rows. They are evicted sooner than the chunks of their list, which
// they prove: they take more memory and expire sooner.
func (l list[T]) topKey(epoch int64) cacheKey {
	return l.chunkKey(epoch, -1)
}

// newTop returns g in the form it is cached in, and its size in bytes. If memory is short, all
// rows but the newest are packed.
func (l list[T]) newTop(g paging.Segment[T]) (t *paging.Top[T], weight int) {
	t = &paging.Top[T]{Segment: g, Loose: g.Low}
	t.Raw = nil
	if n := len(g.Rows) - 1; n > 0 && l.pack != nil && l.client.cache.crowded() {
		t.Below = l.pack(g.Rows[:n])
		t.Low = max(g.Low-n, 0)
		t.First, t.Rows = g.First+n, l.pack(g.Rows[n:]).Rows(0) // a copy, which does not share text with the other rows
		weight = t.Below.Bytes()
	}
	return t, weight + l.weigh(t.Rows)
}

// witness returns the place of the newest row of g.
func (l list[T]) witness(g paging.Segment[T]) paging.Segment[T] {
	n := len(g.Rows) - 1
	g.Low, g.High, g.Raw = max(g.Low-n, 0), min(g.High, 1), nil
	g.First, g.Rows = g.First+n, []T{l.bare(&g.Rows[n])}
	return g
}
