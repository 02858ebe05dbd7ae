package paging

import (
	"cmp"
	"math"
	"slices"
)

// planReads lists the reads that v still lacks to answer windows, newest first; none if it can
// answer. It makes as few calls as possible:
//
//   - The newest rows are one head, as large as the largest window needs.
//   - Other rows are the chunks that contain them, each once, or a head where that takes fewer calls.
//   - A window next to a Position starts at the position's ordinal. It includes the row there, which
//     confirms the ordinal or not. A position that has moved is searched for by halving.
//
// Each read brings new knowledge, so the caller makes the first reads of the list and plans
// again.
func planReads[T any](v *View[T], windows []Window, size int) []Read {
	var missing []int // ordinals, in any order
	head, known := 0, len(v.segments)
	for _, w := range windows {
		if more, page := v.readsToPlace(w.Near(), size); page.Size > 0 {
			return []Read{page}
		} else if len(more) > 0 {
			missing = append(missing, more...)
			continue
		}
		lo, hi := v.stretch(w)
		if hi == newest {
			n := w.want()
			if !w.blank() {
				n++ // shows whether the last row is alone in its moment
			}
			switch {
			case !v.chunksOnly && n == size+1 && n <= v.largestPage:
				head = max(head, n)
				continue
			case !v.chunksOnly:
				head = max(head, min(n, size))
				continue
			case v.total < 0:
				lo, hi = v.guessOrdinal(), v.guessOrdinal()+1
			default:
				lo, hi = max(0, v.total-n), v.total
			}
		} else {
			lo, hi = v.withNeighbor(w, lo, hi, size)
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
		more, page := v.readsToSettle(windows, size)
		if page.Size > 0 {
			return []Read{page}
		}
		missing = more
	}
	if len(v.segments) > known { // chunks of the cache may answer more
		return planReads(v, windows, size)
	}
	switch remembers := v.cachedList != nil && v.total < 0 && !v.noTotal; {
	case remembers && head == 0 && len(missing) == 0: // everything is known except whether it still holds
		if v.cachedList.Newest.end() < v.cachedList.total {
			return []Read{v.proofRead(0, size)}
		}
		head = min(witnessHead, size)
	case v.cachedList != nil && !v.chunksOnly && head > 0 && v.cachedList.sealed:
		head = max(head, min(witnessHead, size))
	case v.total < 0 && head == 0 && len(missing) == 0:
		missing = append(missing, v.guessOrdinal())
	}
	total := v.total
	if v.chunksOnly {
		total = -1
	}
	return cover(missing, head, total, size)
}

// witnessHead is the size of a head that proves, by a known row, that no row was removed. It
// fails to prove that only if more rows than this were added meanwhile.
const witnessHead = 10

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

// cover returns reads that contain the missing ordinals, newest first. If head is above 0,
// they include a head of at least that many rows.
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
	if total >= 0 && len(ks) > 0 { // a head may replace two chunks, or is read anyway
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
