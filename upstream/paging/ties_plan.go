package paging

// maxTieReads limits the reads of one answer that only try to see all rows of a cut moment
// together.
const maxTieReads = 24

// withNeighbor widens the stretch of w, from lo to hi, by the row that shows whether the last
// one is alone in its moment. It does so only if that row takes no call of its own: not from a
// chunk into the next, and not beyond the largest head.
func (v *View[T]) withNeighbor(w Window, lo, hi, size int) (int, int) {
	if _, how := v.start(w); how == sought || w.needsNoRow() {
		return lo, hi
	}
	if w.FromOldest && hi%size != 0 {
		return lo, min(hi+1, max(hi, v.bound()))
	}
	if !w.FromOldest && lo%size != 0 && v.total-lo != size {
		return lo - 1, hi
	}
	return lo, hi
}

// readsToPlace returns what to read next to give p a place, if rows of its moment are known without
// their places.
func (v *View[T]) readsToPlace(p Position, size int) (missing []int, page Read) {
	if p.IsEnd() {
		return nil, page
	}
	v.rank(p) // opens packed rows
	for i := range v.segments {
		if i, j := v.looseTies(&v.segments[i], p); i < j {
			return v.readsForTie(v.tieAt(p.CreatedAt), size)
		}
	}
	return nil, page
}

// readsToSettle returns what to read next so that the answers to windows contain no loose rows; all
// places in them are known. That is the rows of some ordinals, or one page for what these do
// not show.
func (v *View[T]) readsToSettle(windows []Window, size int) (missing []int, page Read) {
	for _, w := range windows {
		lo, hi := v.stretch(w)
		if hi == newest {
			continue
		}
		for n := lo; n < hi; {
			g := v.known(n)
			if g == nil {
				break
			}
			for _, end := range [2]struct{ from, to int }{{g.First, g.First + g.Low}, {g.end() - g.High, g.end()}} {
				if max(end.from, lo) >= min(end.to, hi) {
					continue
				}
				k := v.tieAt(v.moment(g, end.from))
				if v.trusts(k) && !(k.to-k.from == 1 && v.mayHaveTies(g, end.from, w)) {
					continue
				}
				if missing, page = v.readsForTie(k, size); len(missing) > 0 || page.Size > 0 {
					return missing, page
				}
			}
			n = g.end()
		}
	}
	return nil, page
}

// mayHaveTies reports whether the row of ordinal n, which is alone at an end of g, may share its
// moment with others. It may if w names another row of the moment, or the row at another
// place.
func (v *View[T]) mayHaveTies(g *Segment[T], n int, w Window) bool {
	at, near, far := v.position(&g.Rows[n-g.First]), w.Near(), w.Far()
	return near.CreatedAt == at.CreatedAt && (near.ID != at.ID || near.Ordinal != n) && !near.isBound() || far.CreatedAt == at.CreatedAt && !far.isBound()
}

// readsForTie returns what to read next to learn the rows of k and their places.
func (v *View[T]) readsForTie(k tie, size int) (missing []int, page Read) {
	if !k.below {
		if _, ok := v.at(k.from - 1); !ok {
			missing = append(missing, k.from-1)
		}
	}
	if !k.above {
		if _, ok := v.at(k.to); !ok && k.to < v.bound() {
			missing = append(missing, k.to)
		}
	}
	if len(missing) > 0 || !k.below || !k.above && !k.past {
		return missing, page
	}
	for n := k.from; n < k.to; {
		g, ok := v.at(n)
		if n++; ok {
			n = g.end()
		} else {
			missing = append(missing, n-1)
		}
	}
	if len(missing) > 0 {
		return missing, page
	}
	if v.tieReads == maxTieReads {
		v.tiesUnresolved = true
		return nil, page
	}
	if k.past {
		return nil, Read{K: (k.to - 1) / size, Size: size, tie: true}
	}
	return nil, v.tiePage(k, size)
}

// tiePage returns a page with all rows of k, and if possible their neighbors. Otherwise it
// returns the chunks that contain k, one after the other and repeatedly, since calls may
// differ.
func (v *View[T]) tiePage(k tie, size int) Read {
	if !v.noTotal && !v.chunksOnly && v.total >= 0 && v.total-k.from < max(size, v.largestPage) {
		return Read{Head: v.total - k.from + min(k.from, 1), Size: size, tie: true}
	}
	wide := tie{from: max(k.from-1, 0), to: k.to + 1}
	for _, k := range [2]tie{wide, k} {
		for per := k.to - k.from; per <= max(size, v.largestPage); per++ {
			if n := k.from / per; n == (k.to-1)/per {
				return Read{K: n, Size: per, tie: true}
			}
		}
	}
	first, last := k.from/size, (k.to-1)/size
	return Read{K: last - v.tieReads%(last-first+1), Size: size, tie: true}
}
