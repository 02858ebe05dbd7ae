package paging

import "slices"

// tiesProve is proves for lists whose ties are not in our order. The segments overlap from
// from up to to, or g ends there, right below known. If rows had been removed, moments would
// have moved. Within one moment, as many of its rows would be in both segments as were
// removed, or unseen in either. No row is created in a moment that a page has already shown.
func (v *View[T]) tiesProve(g, known *Segment[T], from, to int) bool {
	same, was := g.First == known.First && g.end() == known.end(), known.Rows
	if known.Raw != nil {
		was = known.Raw
	}
	for n := from; n < to; n++ {
		if !g.loose(n) && !known.loose(n) || n > from && v.moment(g, n-1) < v.moment(g, n) {
			return true
		}
		same = same && v.position(&g.Rows[n-g.First]).ID == v.position(&was[n-known.First]).ID
	}
	if same {
		return true
	}
	t := v.moment(g, min(from, g.end()-1))
	i, j := v.span(g, t)
	k, l := v.span(known, t)
	if k == l {
		return true // of different moments, next to each other
	}
	i, j, k, l = g.First+i, g.First+j, known.First+k, known.First+l
	if i >= k && j <= l || k >= i && l <= j {
		return false
	}
	seen := make(map[int64]bool)
	for n := i; n < j; n++ {
		seen[v.position(&g.Rows[n-g.First]).ID] = true
	}
	for n := k; n < l; n++ {
		seen[v.position(&was[n-known.First]).ID] = true
	}
	return len(seen) == max(j, l)-min(i, k)
}

// supersede drops segments that the one read last covers and does not prove.
func (v *View[T]) supersede() {
	if !v.shuffled {
		return
	}
	last := len(v.segments) - 1
	g := v.segments[last]
	v.segments = slices.DeleteFunc(v.segments[:last], func(known Segment[T]) bool {
		return g.First <= known.First && g.end() >= known.end() && !v.proves(&g, &known)
	})
	v.segments = append(v.segments, g)
}

// withTies extends the stretch from lo to hi by all rows that are placed together with the rows
// at its ends or beside it.
func (v *View[T]) withTies(lo, hi int) (int, int) {
	if !v.ties {
		return lo, hi
	}
	from, to := lo, hi
	for _, n := range [4]int{lo - 1, lo, hi - 1, hi} {
		if g := v.known(n); g != nil {
			k := v.tieAt(v.moment(g, n))
			from, to = min(from, max(k.from, 0)), max(to, k.to)
		}
	}
	return from, to
}
