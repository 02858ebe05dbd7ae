package paging

import (
	"errors"
	"sort"
)

// Rows created in the same moment are ties. Our order among them is that of their
// ids; Census promises none, and may list them differently from call to call. So a
// page tells for certain the moment of each place, and which rows stand there only
// where it shows all of a moment's rows. Those at its ends are loose until it is
// known what lies beyond: another moment, and they stand where they are; the same,
// and the moment is cut. A cut moment is whole again when as many of its rows have
// been seen as it has places.
//
// Loose rows are trusted to stand in their places, so that lists without ties take no
// call more, where nothing is known beyond them and Census has not been seen to order
// ties otherwise than by id: one row that is alone; or many, where so many ties have been
// seen that stood by their ids that it is no chance.

var (
	ErrTies   = errors.New("rows created in the same moment come in another order in each answer")
	ErrPassed = errors.New("a row of the same moment stands before the row that the page goes on from, and was not shown")
)

// A fringe tells of the ties in a segment.
type fringe struct {
	Low, High int // so many rows at its ends are loose
	order
}

// An order tells in what order Census has been seen to list ties.
type order struct {
	ties    bool // there were some
	crooked bool // some did not stand by their ids
	luck    int  // one in so many orders of them is that of their ids, up to certain; 0: there were none
}

// certain is when ties that all stood by their ids did so by no chance.
const certain = 1_000_000

// tie takes up that a row, the n-th of its moment in a page, stands after the one before, as
// its id does or not. The first is no tie.
func (o *order) tie(n int, crooked bool) {
	if n > 1 {
		o.merge(order{ties: true, crooked: crooked, luck: n})
	}
}

func (o *order) merge(p order) {
	o.ties, o.crooked = o.ties || p.ties, o.crooked || p.crooked
	if p.luck > 0 {
		o.luck = min(max(o.luck, 1)*p.luck, certain)
	}
}

// moment is when the row of ordinal n, which g has, was created.
func (v *View[T]) moment(g *Segment[T], n int) Moment {
	return v.position(&g.Rows[n-g.First]).CreatedAt
}

// span is which rows of g were created at t: from i up to j.
func (v *View[T]) span(g *Segment[T], t Moment) (i, j int) {
	i = sort.Search(len(g.Rows), func(i int) bool { return v.position(&g.Rows[i]).CreatedAt >= t })
	for j = i; j < len(g.Rows) && v.position(&g.Rows[j]).CreatedAt == t; j++ {
	}
	return i, j
}

// loosen notes which rows of g, as a page gave it, are loose. last tells that nothing
// lies above it.
func (v *View[T]) loosen(g *Segment[T], last bool) {
	n := len(g.Rows)
	if n > 0 && g.First > 0 {
		_, g.Low = v.span(g, v.moment(g, g.First))
	}
	if n > 0 && !last {
		i, _ := v.span(g, v.moment(g, g.end()-1))
		g.High = n - i
	}
}

// loose tells whether the row of ordinal n, which g has, may stand elsewhere among
// the rows of its moment.
func (g *Segment[T]) loose(n int) bool { return n < g.First+g.Low || n >= g.end()-g.High }

// known is a segment that was read or recalled with the row of ordinal n; nil: none.
func (v *View[T]) known(n int) *Segment[T] {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g := &v.segments[i]; n >= g.First && n < g.end() {
			return g
		}
	}
	return nil
}

// alone tells whether the row of ordinal n was taken for the only one of its moment
// without knowing what lies beyond it.
func (v *View[T]) alone(n int) bool {
	g := v.known(n)
	if g == nil || !g.loose(n) {
		return false
	}
	k := v.tie(v.moment(g, n))
	return k.to-k.from == 1
}

// Passed tells whether a row of the same moment as the open position that w counts
// from stands before it: the page that showed that should have shown it.
func (v *View[T]) Passed(w Window) bool {
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
