package paging

// scanRows is how many rows are read at a time where they are read upwards: a
// page proves nothing of one above it, so as many as one answer may have.
const scanRows = 1000

// Step is the part of w to read next: downwards a page, or to the end of a chunk,
// whether that is beyond w or not; and a chunk more if what lies beyond the next row
// is to be told.
func (w Window) Step(size int, held bool) Window {
	if w.FromOldest {
		w.Limit = scanRows
		return w
	}
	w.Older = Position{}
	switch n := w.Newer.Ordinal; {
	case w.Newer.IsEnd():
		w.Limit = size
	case n > 0:
		if w.Limit = (n-1)%size + 1; w.Limit == 1 && held {
			w.Limit += size
		}
	default: // one row, which tells in which chunk it is
		w.Limit = 1
	}
	return w
}

// AtHand is how many rows on from where w begins v has beside each other and in their
// places; 0 upwards, and where that place is not known.
func (v *View[T]) AtHand(w Window) int {
	lo, hi := v.rank(w.Newer)
	if w.FromOldest || lo != hi || lo == 0 {
		return 0
	}
	g, ok := v.at(lo - 1)
	if !ok {
		return 0
	}
	first := g.First
	if g.Low > 0 && !v.trusts(v.tie(v.moment(&g, first))) {
		first += g.Low
	}
	return max(lo-first, 0)
}
