package paging

import (
	"cmp"
	"math"
)

// A Moment is when a row was created, in milliseconds since 1970. Rows of the same moment are
// ties.
type Moment int64

// A Position is the place of a row in a list in creation order. It outlives the row: the place
// between the row's neighbors remains.
type Position struct {
	CreatedAt Moment
	ID        int64
	Ordinal   int // rows older than this one when it was read; a hint, since old rows may be removed

	// The row was shown while the rows beyond it were unknown: a row of its moment may belong
	// before it. See Slice.Open.
	Open bool
}

// NoOrdinal is the ordinal of a position whose ordinal is unknown. The row is searched for.
const NoOrdinal = -1

// Since returns the position before all rows created at t or later, for Window.Older.
func Since(t Moment) Position {
	return Position{CreatedAt: t - 1, ID: math.MaxInt64, Ordinal: NoOrdinal}
}

// Before returns the position after all rows created earlier than t, for Window.Newer.
func Before(t Moment) Position { return Position{CreatedAt: t, ID: 1, Ordinal: NoOrdinal} }

// isBound reports whether p was made by Since or Before: no row stands there.
func (p Position) isBound() bool {
	return p.Ordinal == NoOrdinal && (p.ID == 1 || p.ID == math.MaxInt64)
}

// Compare orders positions by creation, ties by id. It ignores ordinals.
func (p Position) Compare(q Position) int {
	return cmp.Or(cmp.Compare(p.CreatedAt, q.CreatedAt), cmp.Compare(p.ID, q.ID))
}

// IsEnd reports whether p stands for an end of the list: no row has the id 0.
func (p Position) IsEnd() bool { return p.ID == 0 }

// A Window asks for a stretch of a list: up to Limit rows that are newer than Older and older
// than Newer, counted from one end. Windows are comparable.
type Window struct {
	Older      Position // exclusive; zero: the list's oldest end
	Newer      Position // exclusive; zero: the list's newest end
	Limit      int      // 0 to 1000
	FromOldest bool     // count from the oldest end of the stretch; false: from the newest
}

// want returns how many rows must be seen to answer w. If the far end is a position, that is
// one more than requested, to learn whether rows remain before it. It is at least one, since
// even an empty answer says what lies beyond.
func (w Window) want() int {
	if !w.Far().IsEnd() {
		return w.Limit + 1
	}
	return max(w.Limit, 1)
}

// needsNoRow reports whether the answer to w depends on no row.
func (w Window) needsNoRow() bool { return w.Limit == 0 && w.Far().IsEnd() }

// Near returns the position w counts from.
func (w Window) Near() Position {
	if w.FromOldest {
		return w.Older
	}
	return w.Newer
}

// Far returns the position w counts towards.
func (w Window) Far() Position {
	if w.FromOldest {
		return w.Newer
	}
	return w.Older
}
