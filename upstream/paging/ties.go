package paging

import "errors"

// Rows created in the same moment are ties. We order them by id. Census promises no order, and
// may list them differently from call to call. A page therefore proves the moment of each
// place. It proves which rows stand there only if it shows all rows of the moment.
//
// Rows of the moments at a page's ends are loose until the rows beyond are known. If those
// have another moment, the loose rows are in place. If they have the same, the page cuts the
// moment. A cut moment is complete again once as many of its rows have been seen as it has
// places.
//
// Lists without ties take no extra calls, because loose rows are trusted while nothing beyond is
// known and Census has not been seen to order ties other than by id. That holds for a row that
// is alone in its moment. It holds for several rows once so many ties have been seen in order of
// their ids that chance is excluded.

var (
	// ErrTies means that each answer orders ties differently, so they have no places.
	ErrTies = errors.New("rows created in the same moment come in another order in each answer")
	// ErrOmittedTie means that an earlier page omitted a tie. The caller must page from the start.
	ErrOmittedTie = errors.New("a row of the same moment, before the row that the page continues from, was not shown")
)

// A tie is what is known of the places of one moment: from from up to to, and whether all
// below and all above are known.
type tie struct {
	from, to     int
	below, above bool
	past         bool // they end where the list ended before some of them were read
}

// tieAt returns where the rows of moment t stand, as far as known.
func (v *View[T]) tieAt(t Moment) tie {
	k := tie{from: -1}
	for i := range v.segments {
		g := &v.segments[i]
		if i, j := v.span(g, t); i < j {
			if k.from < 0 || g.First+i < k.from {
				k.from = g.First + i
			}
			k.past = v.noTotal && g.First+j < k.to // no total reveals rows added since
			k.to = max(k.to, g.First+j)
		}
	}
	k.past = k.past && k.to >= v.bound()
	k.below = k.from == 0 || v.known(k.from-1) != nil
	k.above = k.to >= v.bound() && !k.past || v.known(k.to) != nil
	return k
}

// distrustsTies reports whether Census is known to order ties other than by id.
func (v *View[T]) distrustsTies() bool {
	return v.shuffled || v.cachedList != nil && v.cachedList.DistrustTies
}

// trusts reports whether the loose rows of k are assumed to be in place: a single row, or
// several if Census was seen to order ties by id.
func (v *View[T]) trusts(k tie) bool {
	return !v.distrustsTies() && (k.to-k.from == 1 || v.odds == certainOdds)
}

// markLoose marks the loose rows of g, as read from a page. last means that no rows lie above it.
func (v *View[T]) markLoose(g *Segment[T], last bool) {
	n := len(g.Rows)
	if n > 0 && g.First > 0 {
		_, g.Low = v.span(g, v.moment(g, g.First))
	}
	if n > 0 && !last {
		i, _ := v.span(g, v.moment(g, g.end()-1))
		g.High = n - i
	}
}

// assumedAlone reports whether the row of ordinal n was assumed to be the only one of its moment
// while the rows beyond it are unknown.
func (v *View[T]) assumedAlone(n int) bool {
	g := v.known(n)
	if g == nil || !g.loose(n) {
		return false
	}
	k := v.tieAt(v.moment(g, n))
	return k.to-k.from == 1
}

// OmittedTie reports whether a row stands before the open position that w counts from and has the
// same moment. The page that showed the position should have shown that row.
func (v *View[T]) OmittedTie(w Window) bool {
	p := w.Near()
	if !p.Open {
		return false
	}
	there, before := false, false
	for i := range v.segments {
		g := &v.segments[i]
		for i, j := v.span(g, p.CreatedAt); i < j; i++ {
			switch id := v.position(&g.Rows[i]).ID; {
			case id == p.ID:
				there = true
			case id > p.ID != w.FromOldest:
				before = true
			}
		}
	}
	return there && before
}
