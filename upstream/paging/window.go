package paging

import (
	"cmp"
	"math"
)

// A Moment is when a row was created, in milliseconds since 1970. Rows created in the
// same one are ties.
type Moment int64

// A Position is the place of a row in a list in creation order. It outlives
// the row: where the row was is still between its neighbours.
type Position struct {
	CreatedAt Moment
	ID        int64
	Ordinal   int // rows older than this one when it was read; a hint, since old rows may go

	// The row was shown without knowing what lies beyond it: there may be rows of its
	// moment that should have been shown before it. See Slice.Open.
	Open bool
}

// NoOrdinal is the ordinal of a position of which none is known: it is sought.
const NoOrdinal = -1

// Since is the position after which the rows are that were created at t or later,
// for Window.Older.
func Since(t Moment) Position {
	return Position{CreatedAt: t - 1, ID: math.MaxInt64, Ordinal: NoOrdinal}
}

// Before is the position before which the rows are that were created earlier than
// t, for Window.Newer.
func Before(t Moment) Position { return Position{CreatedAt: t, ID: 1, Ordinal: NoOrdinal} }

// isBound tells whether p was made by Since or Before: no row stands there.
func (p Position) isBound() bool {
	return p.Ordinal == NoOrdinal && (p.ID == 1 || p.ID == math.MaxInt64)
}

// Compare orders positions by creation, ties by id; ordinals do not count.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.CreatedAt, q.CreatedAt), cmp.Compare(p.ID, q.ID))
}

// IsEnd tells whether p stands for an end of the list: no row has the id 0.
func (p Position) IsEnd() bool { return p.ID == 0 }

// A Window asks for a stretch of a list: of the rows newer than Older and older
// than Newer, up to Limit, counted from one end.
// Windows are comparable.
type Window struct {
	Older      Position // exclusive; zero: the list's oldest end
	Newer      Position // exclusive; zero: the list's newest end
	Limit      int      // 0 to 1000
	FromOldest bool     // count from the oldest end of the stretch; false: from the newest
}

// want is how many rows must be seen to answer w: one more than asked for where
// the far end is a position, to tell whether rows remain before it; and at
// least one, since even an empty answer tells what lies beyond it.
func (w Window) want() int {
	if !w.Far().IsEnd() {
		return w.Limit + 1
	}
	return max(w.Limit, 1)
}

// blank tells whether no row has a say in the answer to w.
func (w Window) blank() bool { return w.Limit == 0 && w.Far().IsEnd() }

// Near is the position w counts from.
func (w Window) Near() Position {
	if w.FromOldest {
		return w.Older
	}
	return w.Newer
}

// Far is the position w counts towards.
func (w Window) Far() Position {
	if w.FromOldest {
		return w.Newer
	}
	return w.Older
}
