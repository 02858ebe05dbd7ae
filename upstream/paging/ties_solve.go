package paging

import (
	"cmp"
	"maps"
	"slices"
)

// placeLoose places loose rows by what the segments show of each other.
func (v *View[T]) placeLoose() {
	for i := range v.segments {
		g := &v.segments[i]
		if g.High > 0 && g.end() >= v.bound() {
			g.High = 0
		}
		if g.Low > 0 {
			if h := v.known(g.First - 1); h != nil {
				t := v.moment(g, g.First)
				if v.moment(h, g.First-1) < t {
					g.Low = 0
				} else {
					v.ties = true
					v.placeTies(t)
				}
			}
		}
		if g.High > 0 {
			if h := v.known(g.end()); h != nil {
				t := v.moment(g, g.end()-1)
				if v.moment(h, g.end()) > t {
					g.High = 0
				} else {
					v.ties = true
					v.placeTies(t)
				}
			}
		}
	}
}

// placeTies puts the rows of moment t in their places, if all are known.
func (v *View[T]) placeTies(t Moment) {
	k := v.tieAt(t)
	if !k.below || !k.above {
		return
	}
	seen := make(map[int64]T)
	for i := range v.segments {
		g := &v.segments[i]
		for i, j := v.span(g, t); i < j; i++ {
			seen[v.position(&g.Rows[i]).ID] = g.Rows[i]
		}
	}
	if len(seen) != k.to-k.from {
		v.contradicted = v.contradicted || len(seen) > k.to-k.from
		return
	}
	rows := slices.SortedFunc(maps.Values(seen), func(a, b T) int { return cmp.Compare(v.position(&a).ID, v.position(&b).ID) })
	for i := range v.segments {
		g := &v.segments[i]
		if i, j := v.span(g, t); i < j {
			v.setRows(g, i, j, rows[g.First+i-k.from:])
			for n := range v.witnesses {
				v.contradicted = v.contradicted || !v.agree(g, &v.witnesses[n])
			}
		}
	}
}

// setRows puts rows in the places of g from i up to j, which belong to one moment.
func (v *View[T]) setRows(g *Segment[T], i, j int, rows []T) {
	mended := false
	for n := i; n < j; n++ {
		if v.position(&g.Rows[n]).ID == v.position(&rows[n-i]).ID {
			continue
		}
		if !g.loose(g.First + n) { // its place was known already
			v.contradicted = true
			return
		}
		if !mended { // others use the rows too
			if g.Raw == nil {
				g.Raw = g.Rows
			}
			g.Rows, mended = slices.Clone(g.Rows), true
		}
		g.Rows[n] = rows[n-i]
	}
	v.order.shuffled, g.Mended = v.order.shuffled || mended, g.Mended || mended
	if i == 0 {
		g.Low = 0
	}
	if j == len(g.Rows) {
		g.High = 0
	}
}

// agree reports whether two segments may belong to one list: the same rows at the same
// ordinals, or where they are loose, rows of the same moment; and older rows at lower
// ordinals.
func (v *View[T]) agree(a, b *Segment[T]) bool {
	if b.First < a.First {
		a, b = b, a
	}
	if a.end() <= b.First {
		p, q := v.position(&a.Rows[len(a.Rows)-1]), v.position(&b.Rows[0])
		if p.CreatedAt == q.CreatedAt && (a.High > 0 || b.Low > 0) {
			v.order.addTie(2, p.ID >= q.ID)
			return true
		}
		return p.Compare(q) < 0
	}
	for n := b.First; n < min(a.end(), b.end()); n++ {
		p, q := v.position(&a.Rows[n-a.First]), v.position(&b.Rows[n-b.First])
		if p.ID == q.ID {
			continue
		}
		if p.CreatedAt != q.CreatedAt || !a.loose(n) && !b.loose(n) {
			return false
		}
		v.order.addTie(2, true)
	}
	return true
}
