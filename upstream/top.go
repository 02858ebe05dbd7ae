package upstream

// topKey names the newest rows, which go sooner than what is kept of their list: they
// take more memory, and count for less time, than the chunks that it proves.
func (l list[T]) topKey(epoch int64) cacheKey {
	return l.chunkKey(epoch, -1)
}

// A top is the newest rows of a list when last read.
type top[T any] struct {
	segment[T]
	below packed[T] // further ones right below; nil: none
	loose int       // so many of both are loose below
}

// newTop is g as it is kept, and what that takes in memory. Where memory is short, all
// but the newest row is packed.
func (l list[T]) newTop(g segment[T]) (t top[T], weight int) {
	t.segment, t.loose = g, g.low
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

// open unpacks the newest rows that were kept, as one segment or witness.
func (v *view[T]) open() {
	if v.below == nil {
		return
	}
	g := v.crown()
	rows := v.below.Rows(len(g.rows))
	g.first -= len(rows)
	g.rows, g.low = append(rows, g.rows...), v.underneath
	if v.below = nil; len(v.witnesses) == 0 {
		v.recalled[0] = *g
		v.settle()
	}
}

// crown is the segment or witness that is the newest rows which were kept.
func (v *view[T]) crown() *segment[T] {
	if len(v.witnesses) > 0 {
		return &v.witnesses[0]
	}
	return &v.segments[0]
}
