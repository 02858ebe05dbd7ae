package paging

import (
	"errors"
	"sort"
)

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

// A fringe describes the ties at the ends of a segment.
type fringe struct {
	Low, High int // number of loose rows at its ends
	order
}

// An order is how Census has been seen to order ties.
type order struct {
	ties     bool // there were some
	shuffled bool // some were not in order of their ids
	odds     int  // one in this many orders of them is that of their ids, up to certainOdds; 0: none seen
}

// certainOdds are the odds above which ties in order of their ids are not there by chance.
const certainOdds = 1_000_000

// addTie records whether a row, the n-th of its moment in a page, follows the one before in order
// of their ids. The first is no tie.
func (o *order) addTie(n int, shuffled bool) {
	if n > 1 {
		o.merge(order{ties: true, shuffled: shuffled, odds: n})
	}
}

func (o *order) merge(p order) {
	o.ties, o.shuffled = o.ties || p.ties, o.shuffled || p.shuffled
	if p.odds > 0 {
		o.odds = min(max(o.odds, 1)*p.odds, certainOdds)
	}
}

// moment returns when the row of ordinal n in g was created.
func (v *View[T]) moment(g *Segment[T], n int) Moment {
	return v.position(&g.Rows[n-g.First]).CreatedAt
}

// span returns which rows of g were created at t: from i up to j.
func (v *View[T]) span(g *Segment[T], t Moment) (i, j int) {
	i = sort.Search(len(g.Rows), func(i int) bool { return v.position(&g.Rows[i]).CreatedAt >= t })
	for j = i; j < len(g.Rows) && v.position(&g.Rows[j]).CreatedAt == t; j++ {
	}
	return i, j
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

// loose reports whether the row of ordinal n in g may have another place among the rows of its
// moment.
func (g *Segment[T]) loose(n int) bool { return n < g.First+g.Low || n >= g.end()-g.High }

// known returns a segment, read or cached, with the row of ordinal n; nil: none.
func (v *View[T]) known(n int) *Segment[T] {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g := &v.segments[i]; n >= g.First && n < g.end() {
			return g
		}
	}
	return nil
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
