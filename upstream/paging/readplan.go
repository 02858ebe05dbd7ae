package paging

import (
	"cmp"
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
			if !w.needsNoRow() {
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

// BorderRead returns a chunk to read beyond a page that ends at a chunk's end with a row that may
// share its moment. It does so if that chunk was cached and leaves a question open. It is for
// pages smaller than one call: few of them end there, and a caller that reads on needs that
// chunk next.
func (v *View[T]) BorderRead(windows []Window, size int) []Read {
	known := len(v.segments)
	for _, w := range windows {
		if w.Limit == 0 || w.Limit >= maxPage && size == maxPage || !w.Far().IsEnd() {
			continue
		}
		lo, hi := v.stretch(w)
		last, next := lo, lo-1
		if w.FromOldest {
			last, next = hi-1, hi
		}
		if hi == newest || lo >= hi || next < 0 || next >= v.bound() || !v.assumedAlone(last) {
			continue
		}
		if _, ok := v.at(next); !ok {
			return []Read{{K: next / size, Size: size}}
		}
	}
	if len(v.segments) == known {
		return nil
	}
	if reads := planReads(v, windows, size); len(reads) > 0 {
		return reads
	}
	return v.BorderRead(windows, size)
}
