package paging

import (
	"math"
	"sort"
	"time"
)

// A View is what is known of one list while it is read: which rows stand at which ordinals,
// and how many there are. Pages are added newest first. Rows removed between two reads then
// show as an overlap and never as a gap.
type View[T any] struct {
	position       func(*T) Position
	segments       []Segment[T] // in the order they were read or taken from the cache
	total          int          // rows in the list when last reported; -1: unknown
	end            int          // ordinal after the newest row; -1: the newest end has not been read
	noTotal        bool         // Census reports no total
	ignoreTotals   bool         // or its totals are ignored: see totals.go
	wrongTotal     bool         // the total of a page contradicts its rows
	chunksOnly     bool         // without a total the rows of heads have no ordinals, so chunks alone are read
	minLength      int          // while total is unknown: least length of the list
	maxLength      int          // and its greatest length
	Stale          time.Time    // when Census sent its oldest expired part; zero: none has expired
	order                       // of the ties seen
	tieReads       int          // reads made to see all rows of a moment
	tiesUnresolved bool         // they did not show them
	largestPage    int          // rows of the largest page for that; 0: of a chunk
	joined         bool         // the page read last proved rows known before
	lastProof      Read         // the last one meant to prove what was read
	connectTried   bool         // the read that connects a scan to the epoch was made
	unprovable     bool         // because of ties, it cannot be proved that all pages are of one time
	Spare          []T          // room for rows of several segments, when no one uses them; nil: in use

	cacheState[T]
}

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

// NewView begins a view of a list whose rows are placed by position. wide means that Census
// gives pages of up to maxPage rows.
func NewView[T any](position func(*T) Position, wide bool) *View[T] {
	v := &View[T]{position: position, total: -1, end: -1, maxLength: math.MaxInt}
	if wide {
		v.largestPage = maxPage
	}
	return v
}

// After makes v begin again with what before could not show.
func (v *View[T]) After(before *View[T]) *View[T] {
	v.chunksOnly = before.unprovable // consecutive chunks share one order
	return v
}

// Used reports whether an answer from v was read from Census, and whether it uses any read or
// cached row at all.
func (v *View[T]) Used() (read, any bool) {
	read = len(v.pagesRead) > 0
	return read, read || len(v.fromCache) > 0 || !v.totalRequested.IsZero()
}

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
		out = append(out, part...)
		n += len(part)
	}
	if v.Spare != nil {
		v.Spare = out
	}
	return out
}

// bound returns the first ordinal known to have no row.
func (v *View[T]) bound() int {
	if v.total >= 0 {
		return v.total
	}
	return v.maxLength
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
