package paging

import (
	"slices"
	"sort"
)

// at returns the latest read segment with the row of ordinal n, or a cached one.
func (v *View[T]) at(n int) (g Segment[T], ok bool) {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g = v.segments[i]; n >= g.First && n < g.end() {
			return g, true
		}
	}
	return v.cachedAt(n)
}

// rows returns the rows at the ordinals from lo to hi, all of which are known. They may be
// shared, so callers must not write to them.
func (v *View[T]) rows(lo, hi int) []T {
	out := v.Spare[:0]
	for n := lo; n < hi; {
		g, ok := v.at(n)
		if !ok {
			panic("paging: a planned row was not read")
		}
		part := g.Rows[n-g.First : min(hi, g.end())-g.First]
		if len(part) == hi-lo {
			return part
		}
		out = append(slices.Grow(out, hi-n), part...)
		n += len(part)
	}
	if v.Spare != nil {
		v.Spare = out
	}
	return out
}

// cachedAt returns the cached, fresh chunk with the row of ordinal n.
func (v *View[T]) cachedAt(n int) (g Segment[T], ok bool) {
	if v.packedBelow != nil && len(v.witnesses) == 0 && n < v.segments[0].First {
		v.unpackNewest()
		return v.at(n)
	}
	if v.cachedChunk == nil {
		return g, false
	}
	g, ok = v.cachedChunk(n)
	if !ok || n < g.First || n >= g.end() {
		return g, false
	}
	for i := range v.segments {
		v.contradicted = v.contradicted || !v.agree(&v.segments[i], &g)
	}
	v.segments = append(v.segments, g)
	v.fromCache = append(v.fromCache, g)
	v.order.merge(g.order)
	v.placeLoose()
	return v.segments[len(v.segments)-1], true
}

// unpackNewest unpacks the cached newest rows, as one segment or witness.
func (v *View[T]) unpackNewest() {
	if v.packedBelow == nil {
		return
	}
	g := v.newestSegment()
	rows := v.packedBelow.Rows(len(g.Rows))
	g.First -= len(rows)
	g.Rows, g.Low = append(rows, g.Rows...), v.looseBelow
	if v.packedBelow = nil; len(v.witnesses) == 0 {
		v.fromCache[0] = *g
		v.placeLoose()
	}
}

// newestSegment returns the segment or witness that holds the cached newest rows.
func (v *View[T]) newestSegment() *Segment[T] {
	if len(v.witnesses) > 0 {
		return &v.witnesses[0]
	}
	return &v.segments[0]
}

// rank bounds the number of rows older than p: from lo to hi. If both are equal, that is the
// ordinal at which p stands or would stand. Between different bounds, no row has been read,
// except loose ones of p's moment.
func (v *View[T]) rank(p Position) (lo, hi int) {
	hi = v.bound()
	if v.packedBelow != nil && len(v.witnesses) == 0 && p.Compare(v.position(&v.segments[0].Rows[0])) < 0 {
		v.unpackNewest()
	}
	for i := range v.segments {
		g := &v.segments[i]
		if i, j := v.looseTies(g, p); i < j {
			if i > 0 {
				lo = max(lo, g.First+i)
			}
			if j < len(g.Rows) {
				hi = min(hi, g.First+j)
			}
			continue
		}
		n := sort.Search(len(g.Rows), func(i int) bool { return v.position(&g.Rows[i]).Compare(p) >= 0 })
		if n > 0 {
			lo = max(lo, g.First+n)
		}
		if n < len(g.Rows) {
			hi = min(hi, g.First+n)
			if v.position(&g.Rows[n]).ID == p.ID {
				return hi, hi
			}
		}
	}
	return lo, hi
}

// looseTies returns the rows of g with p's moment, from i up to j, if they are loose and p may be
// one of several; otherwise none.
func (v *View[T]) looseTies(g *Segment[T], p Position) (i, j int) {
	if first, last := v.moment(g, g.First), v.moment(g, g.end()-1); p.CreatedAt != first && p.CreatedAt != last {
		return 0, 0
	}
	i, j = v.span(g, p.CreatedAt)
	if i >= g.Low && j <= len(g.Rows)-g.High {
		return 0, 0
	}
	if k := v.tieAt(p.CreatedAt); v.trusts(k) && (k.to-k.from > 1 || p.isBound() || v.position(&g.Rows[i]).ID == p.ID && k.from == p.Ordinal) {
		return 0, 0
	}
	return i, j
}
