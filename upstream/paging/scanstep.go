package paging

// scanRows is how many rows a scan from the oldest end reads at a time. Pages prove nothing
// about pages above them, so it reads as many rows as one answer may have.
const scanRows = 1000

// Step returns the part of w to read next. Downwards, it is a page, or the rest of a chunk
// even if it extends beyond w. It includes one more chunk if the rows beyond the next one must
// be known.
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
	default: // one row, which shows its chunk
		w.Limit = 1
	}
	return w
}

// RowsInPlace returns how many consecutive rows v has in place from the start of w; 0 upwards, and
// where the start is not known.
func (v *View[T]) RowsInPlace(w Window) int {
	lo, hi := v.rank(w.Newer)
	if w.FromOldest || lo != hi || lo == 0 {
		return 0
	}
	g, ok := v.at(lo - 1)
	if !ok {
		return 0
	}
	first := g.First
	if g.Low > 0 && !v.trusts(v.tieAt(v.moment(&g, first))) {
		first += g.Low
	}
	return max(lo-first, 0)
}
