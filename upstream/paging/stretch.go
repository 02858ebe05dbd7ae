package paging

import "math"

// newest stands for the unknown ordinal after the newest row.
const newest = math.MaxInt

// stretch returns the ordinals, from lo to hi, that must be known to answer w, or to get
// closer to an answer. hi is newest if the newest end of the list must be read first.
func (v *View[T]) stretch(w Window) (lo, hi int) {
	n := w.want()
	start, how := v.start(w)
	switch {
	case start == newest:
		return 0, newest
	case how == sought:
		lo, hi = start, start+1
	case how == hinted && w.FromOldest: // the row at start and n newer ones
		lo, hi = start, start+n+1
	case how == hinted: // the row at start and n older ones
		lo, hi = start-n, start+1
	case w.FromOldest:
		lo, hi = start, start+n
	default:
		lo, hi = start-n, start
	}
	hi = min(hi, v.bound())
	if far := w.Far(); how == sure && !far.IsEnd() { // rows known to lie beyond it are not needed
		if atLeast, atMost := v.rank(far); w.FromOldest {
			hi = max(lo, min(hi, atMost)) // if it lies before the near side, nothing from there on
		} else {
			lo = max(lo, atLeast)
		}
	}
	hi = max(hi, 0)
	return min(max(lo, 0), hi), hi
}

// A certainty says how well the start of a window is known.
type certainty int

const (
	sure   certainty = iota // the rows read so far prove it
	hinted                  // a position names it
	sought                  // the position has moved: look here next
)

// start returns the ordinal at which w begins to count. For a window from the oldest end, that
// is its first row; for one from the newest end, the place after its last row.
func (v *View[T]) start(w Window) (int, certainty) {
	p := w.Near()
	switch {
	case p.IsEnd() && w.FromOldest:
		return 0, sure
	case p.IsEnd() && v.end >= 0:
		return v.end, sure
	case p.IsEnd():
		return newest, sought
	}
	lo, hi := v.rank(p)
	switch {
	case lo == hi:
		if g, ok := v.at(lo); ok && w.FromOldest && v.position(&g.Rows[lo-g.First]).ID == p.ID {
			lo++ // p itself still stands there
		}
		return lo, sure
	case p.Ordinal == NoOrdinal && hi == math.MaxInt: // the length of the list is unknown
		return newest, sought
	case p.Ordinal >= lo && p.Ordinal < hi:
		return p.Ordinal, hinted
	case p.Ordinal == hi:
		return hi - 1, sought
	case hi == math.MaxInt: // newer than hinted; only a wrong total from Census explains that
		return lo, sought
	}
	return lo + (hi-lo)/2, sought
}

// guessOrdinal returns the ordinal to look at next while the list's length is unknown.
func (v *View[T]) guessOrdinal() int {
	if v.maxLength == math.MaxInt {
		return 2 * v.minLength
	}
	return v.minLength + (v.maxLength-v.minLength)/2
}
