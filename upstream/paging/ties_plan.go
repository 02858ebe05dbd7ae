package paging

// maxPage is the most rows that Census gives at once (API reference, per_page).
const maxPage = 100

// maxLooks is how many reads of one answer are made only to see all rows of a moment,
// which were cut and did not fit together.
const maxLooks = 24

// wider widens the stretch of w, from lo up to hi, by the row that tells whether the
// last one is alone in its moment, where no call is made for that row alone: not from
// a chunk into the next, and not beyond the largest head.
func (v *View[T]) wider(w Window, lo, hi, size int) (int, int) {
	if _, how := v.start(w); how == sought || w.blank() {
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

// wary tells whether Census is known to order ties otherwise than by id.
func (v *View[T]) wary() bool { return v.crooked || v.kept != nil && v.kept.Wary }

// trusts tells whether the loose rows of k are taken to stand in their places: one that is
// alone, or many where Census was seen to order ties by id.
func (v *View[T]) trusts(k tie) bool {
	return !v.wary() && (k.to-k.from == 1 || v.luck == certain)
}

// vague is which rows of g are of p's moment, from i up to j, if they are loose and p
// is not known to be one of them that is alone; else none.
func (v *View[T]) vague(g *Segment[T], p Position) (i, j int) {
	if first, last := v.moment(g, g.First), v.moment(g, g.end()-1); p.CreatedAt != first && p.CreatedAt != last {
		return 0, 0
	}
	i, j = v.span(g, p.CreatedAt)
	if i >= g.Low && j <= len(g.Rows)-g.High {
		return 0, 0
	}
	if k := v.tie(p.CreatedAt); v.trusts(k) && (k.to-k.from > 1 || p.isBound() || v.position(&g.Rows[i]).ID == p.ID && k.from == p.Ordinal) {
		return 0, 0
	}
	return i, j
}

// clear is what is to be read next for p to have a place, if rows of its moment are known
// whose places are not.
func (v *View[T]) clear(p Position, size int) (missing []int, look Read) {
	if p.IsEnd() {
		return nil, look
	}
	v.rank(p) // opens what is packed
	for i := range v.segments {
		if i, j := v.vague(&v.segments[i], p); i < j {
			return v.pursue(v.tie(p.CreatedAt), size)
		}
	}
	return nil, look
}

// untie is what is to be read next for the answers to windows, all of whose places are
// known, to have no loose rows: the rows of some ordinals, or one page that is to show
// what those known do not.
func (v *View[T]) untie(windows []Window, size int) (missing []int, look Read) {
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
				k := v.tie(v.moment(g, end.from))
				if v.trusts(k) && !(k.to-k.from == 1 && v.odd(g, end.from, w)) {
					continue
				}
				if missing, look = v.pursue(k, size); len(missing) > 0 || look.Size > 0 {
					return missing, look
				}
			}
			n = g.end()
		}
	}
	return nil, look
}

// odd tells whether the row of ordinal n, which is alone at an end of g, may not be the
// only one of its moment, since w names another row of it, or the row at another place.
func (v *View[T]) odd(g *Segment[T], n int, w Window) bool {
	at, near, far := v.position(&g.Rows[n-g.First]), w.Near(), w.Far()
	return near.CreatedAt == at.CreatedAt && (near.ID != at.ID || near.Ordinal != n) && !near.isBound() || far.CreatedAt == at.CreatedAt && !far.isBound()
}

// Border is the chunk beyond a page that ends with a chunk, and with a row that may not be
// the only one of its moment; what more is to be read, if that chunk was kept and leaves
// something to be told. It is wanted for pages that are smaller than what one call shows:
// few of them end there, and who walks on needs that chunk next.
func (v *View[T]) Border(windows []Window, size int) []Read {
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
		if hi == newest || lo >= hi || next < 0 || next >= v.bound() || !v.alone(last) {
			continue
		}
		if _, ok := v.at(next); !ok {
			return []Read{{K: next / size, Size: size}}
		}
	}
	if len(v.segments) == known {
		return nil
	}
	if reads := plan(v, windows, size); len(reads) > 0 {
		return reads
	}
	return v.Border(windows, size)
}

// pursue is what is to be read next to know the rows of k and their places.
func (v *View[T]) pursue(k tie, size int) (missing []int, look Read) {
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
		return missing, look
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
		return missing, look
	}
	if v.looks == maxLooks {
		v.torn = true
		return nil, look
	}
	if k.past {
		return nil, Read{K: (k.to - 1) / size, Size: size, tie: true}
	}
	return nil, v.look(k, size)
}

// look is a page that shows all rows of k, and what lies beside them if it can; else
// the chunks that k lies in, one after the other and again, since what one call shows
// may differ from another.
func (v *View[T]) look(k tie, size int) Read {
	if !v.untold && !v.blind && v.total >= 0 && v.total-k.from < max(size, v.widest) {
		return Read{Head: v.total - k.from + min(k.from, 1), Size: size, tie: true}
	}
	wide := tie{from: max(k.from-1, 0), to: k.to + 1}
	for _, k := range [2]tie{wide, k} {
		for per := k.to - k.from; per <= max(size, v.widest); per++ {
			if n := k.from / per; n == (k.to-1)/per {
				return Read{K: n, Size: per, tie: true}
			}
		}
	}
	first, last := k.from/size, (k.to-1)/size
	return Read{K: last - v.looks%(last-first+1), Size: size, tie: true}
}
