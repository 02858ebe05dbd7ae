package upstream

// topKey names the newest rows, which go sooner than what is kept of their list: they
// take more memory, and count for less time, than the chunks that it proves.
func (l list[T]) topKey(epoch int64) cacheKey {
	return l.chunkKey(epoch, -1)
}

// newTop is g as it is kept, and what that takes in memory. Where memory is short, all
// but the newest row is packed.
func (l list[T]) newTop(g segment[T]) (t *top[T], weight int) {
	t = &top[T]{segment: g, loose: g.low}
	t.raw = nil
	if n := len(g.rows) - 1; n > 0 && l.pack != nil && l.client.cache.crowded() {
		t.below = l.pack(g.rows[:n])
		t.low = max(g.low-n, 0)
		t.first, t.rows = g.first+n, l.pack(g.rows[n:]).Rows(0) // a copy, apart from the texts of the others
		weight = t.below.Bytes()
	}
	return t, weight + l.weigh(t.rows)
}

// witness is the place of the newest row of g.
func (l list[T]) witness(g segment[T]) segment[T] {
	n := len(g.rows) - 1
	g.low, g.high, g.raw = max(g.low-n, 0), min(g.high, 1), nil
	g.first, g.rows = g.first+n, []T{l.bare(&g.rows[n])}
	return g
}
