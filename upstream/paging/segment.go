package paging

import "time"

// A Segment is a run of rows at consecutive ordinals.
type Segment[T any] struct {
	First int
	Rows  []T       // oldest first; at least one
	Sent  time.Time // rows that were read: when they were requested
	until time.Time // cached rows: when they expire
	group int       // 0: part of the epoch of the cached rows, or of the view's first page; see cacheState

	fringe
	Mended bool // rows were put in their places among those of their moment
	Raw    []T  // the rows before that; nil: Rows
}

func (g Segment[T]) end() int { return g.First + len(g.Rows) }

// loose reports whether the row of ordinal n in g may have another place among the rows of its
// moment.
func (g *Segment[T]) loose(n int) bool { return n < g.First+g.Low || n >= g.end()-g.High }

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
