package paging

import (
	"math"
	"slices"
)

// joinGroups checks whether the segment read last proves rows known before. If so, all pages read
// since join the group of those rows, and it returns true.
func (v *View[T]) joinGroups() (proved bool) {
	last := len(v.segments) - 1
	g := &v.segments[last]
	for _, others := range [2][]Segment[T]{v.witnesses, v.segments[:last]} {
		for i := range others {
			if v.proves(g, &others[i]) {
				g.group, proved = min(g.group, others[i].group), true
			}
		}
	}
	for i := range v.segments {
		v.segments[i].group = min(v.segments[i].group, g.group)
	}
	if g.group == 0 {
		v.inEpoch, v.proved = true, g.Sent
	}
	return proved
}

// proves reports whether g, as read from a page, shows that no row was removed since known was
// read. It does if it contains a row of known at the same ordinal, or ends right below known.
// If Census orders ties other than by id, one tie may stand in the place of another: see
// tiesProve.
func (v *View[T]) proves(g, known *Segment[T]) bool {
	from, to := max(g.First, known.First), min(g.end(), known.end())
	if from > to || from == to && from != known.First {
		return false
	}
	return !v.shuffled || v.tiesProve(g, known, from, to)
}

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

// unproved reports whether the answer to one of windows depends on unproved cached rows, or
// combines pages of different groups. If so, it returns the group to be proved.
func (v *View[T]) unproved(windows []Window) (group int, unproved bool) {
	proved := v.proofFresh || v.inEpoch || len(v.fromCache) == 0
	for _, w := range windows {
		lo, hi := v.withTies(v.stretch(w))
		least, most := math.MaxInt, 0
		for _, g := range v.segments {
			if g.First <= hi && g.end() >= lo {
				least, most = min(least, g.group), max(most, g.group)
			}
		}
		if least < most || least == 0 && !proved {
			return least, true
		}
	}
	return 0, false
}

// outsideEpoch reports whether pages were read outside the epoch that is or will be cached, and
// whether a proof of the epoch might connect them to it.
func (v *View[T]) outsideEpoch() bool {
	return !v.noTotal && (v.cachedList == nil || len(v.cachedList.Newest.Rows) > 0) &&
		slices.ContainsFunc(v.segments, func(g Segment[T]) bool { return g.group > 0 })
}

// proofRead returns the read that shows whether a group continues: a chunk with a row of the
// group.
func (v *View[T]) proofRead(group, size int) Read {
	n := 0
	for _, g := range slices.Concat(v.witnesses, v.fromCache, v.segments) {
		if g.group == group {
			n = max(n, g.end()-1)
		}
	}
	return Read{K: n / size, Size: size}
}
