package paging

import (
	"cmp"
	"math"
	"slices"
)

// plan lists the reads that are still missing to answer windows from v, newest
// first; none when they can be answered. It makes the fewest calls that can do:
//
//   - the newest rows are one head, as large as the largest window wants;
//   - other rows are the chunks they stand in, each once, or a head where that
//     is fewer;
//   - a window next to a Position starts where its ordinal says, and includes
//     the row there, which proves or disproves it. A position that has moved is
//     sought by halving.
//
// After each read there is more to know: the caller does the first of the list
// and plans again.
func plan[T any](v *View[T], windows []Window, size int) []Read {
	var missing []int // ordinals, in any order
	head, known := 0, len(v.segments)
	for _, w := range windows {
		if more, look := v.clear(w.Near(), size); look.Size > 0 {
			return []Read{look}
		} else if len(more) > 0 {
			missing = append(missing, more...)
			continue
		}
		lo, hi := v.stretch(w)
		if hi == newest {
			n := w.want()
			if !w.blank() {
				n++ // to tell whether the last one is alone in its moment
			}
			switch {
			case !v.blind && n == size+1 && n <= v.widest:
				head = max(head, n)
				continue
			case !v.blind:
				head = max(head, min(n, size))
				continue
			case v.total < 0:
				lo, hi = v.probe(), v.probe()+1
			default:
				lo, hi = max(0, v.total-n), v.total
			}
		} else {
			lo, hi = v.wider(w, lo, hi, size)
		}
		for n := lo; n < hi; {
			if g, ok := v.at(n); ok {
				n = g.end()
			} else {
				missing = append(missing, n)
				n++
			}
		}
	}
	if head == 0 && len(missing) == 0 {
		more, look := v.untie(windows, size)
		if look.Size > 0 {
			return []Read{look}
		}
		missing = more
	}
	if len(v.segments) > known { // something was recalled, which may tell more
		return plan(v, windows, size)
	}
	switch remembers := v.kept != nil && v.total < 0 && !v.untold; {
	case remembers && head == 0 && len(missing) == 0: // all is known but whether it is still so
		if v.kept.Newest.end() < v.kept.total {
			return []Read{v.proofOf(0, size)}
		}
		head = min(witnessHead, size)
	case v.kept != nil && !v.blind && head > 0 && v.kept.sealed:
		head = max(head, min(witnessHead, size))
	case v.total < 0 && head == 0 && len(missing) == 0:
		missing = append(missing, v.probe())
	}
	total := v.total
	if v.blind {
		total = -1
	}
	return cover(missing, head, total, size)
}

// witnessHead is how large a head is that is to show, by a row known before, that
// nothing was removed: it does unless more rows than that were added meanwhile.
const witnessHead = 10

// newest stands for the unknown ordinal after the newest row.
const newest = math.MaxInt

// stretch is the ordinals, from lo to hi, that must be known to answer w or to
// find out more on the way; hi is newest if the list's newest end must be read
// first.
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
	if far := w.Far(); how == sure && !far.IsEnd() { // what is known to lie beyond it is not wanted
		if least, most := v.rank(far); w.FromOldest {
			hi = max(lo, min(hi, most)) // where it lies before the near side, nothing from there on
		} else {
			lo = max(lo, least)
		}
	}
	hi = max(hi, 0)
	return min(max(lo, 0), hi), hi
}

// A certainty says what is known of the place a window starts at.
type certainty int

const (
	sure   certainty = iota // the rows read so far prove it
	hinted                  // a position says so
	sought                  // the position has moved: this is the place to look at next
)

// start is the ordinal at which w begins to count: for a window from the oldest
// its first row's, for one from the newest that after its last row.
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
	case p.Ordinal == NoOrdinal && hi == math.MaxInt: // how long is the list?
		return newest, sought
	case p.Ordinal >= lo && p.Ordinal < hi:
		return p.Ordinal, hinted
	case p.Ordinal == hi:
		return hi - 1, sought
	case hi == math.MaxInt: // further up than hinted, which only a miscount by Census explains
		return lo, sought
	}
	return lo + (hi-lo)/2, sought
}

// probe is the ordinal to look at next while the list's length is unknown.
func (v *View[T]) probe() int {
	if v.most == math.MaxInt {
		return 2 * v.least
	}
	return v.least + (v.most-v.least)/2
}

// cover chooses reads that contain the missing ordinals, with a head of at
// least head rows if that is above 0, newest first.
func cover(missing []int, head, total, size int) []Read {
	slices.SortFunc(missing, func(a, b int) int { return cmp.Compare(b, a) })
	chunks := func(before int) (ks []int) {
		for _, n := range missing {
			if k := n / size; n < before && (len(ks) == 0 || ks[len(ks)-1] != k) {
				ks = append(ks, k)
			}
		}
		return ks
	}
	ks := chunks(newest)
	if total >= 0 && len(ks) > 0 { // a head may serve for two chunks, or comes anyway
		reach := total - size
		i := slices.IndexFunc(missing, func(n int) bool { return n < reach })
		if i < 0 {
			i = len(missing)
		}
		if rest := chunks(reach); i > 0 && (head > 0 && len(rest) < len(ks) || len(rest)+1 < len(ks)) {
			head, ks = max(head, total-missing[i-1]), rest
		}
	}
	var reads []Read
	if head > 0 {
		reads = append(reads, Read{Head: head, Size: size})
	}
	for _, k := range ks {
		reads = append(reads, Read{K: k, Size: size})
	}
	return reads
}
