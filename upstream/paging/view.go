package paging

import (
	"fmt"
	"math"
	"sort"
	"strings"
	"time"

	"census-gateway/internal/when"
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

// NewView begins a view of a list whose rows are placed by position. wide means that Census
// gives pages of up to maxPage rows.
func NewView[T any](position func(*T) Position, wide bool) *View[T] {
	v := &View[T]{}
	v.Reset(position, wide)
	return v
}

// Reset makes v a new view, as NewView does, in the same memory. Slices of v stay valid.
func (v *View[T]) Reset(position func(*T) Position, wide bool) {
	clear(v.segments)
	clear(v.fromCache)
	segments, fromCache := v.segments[:0], v.fromCache[:0]
	*v = View[T]{position: position, segments: segments, total: -1, end: -1, maxLength: math.MaxInt}
	v.fromCache = fromCache
	if wide {
		v.largestPage = maxPage
	}
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

// Until returns when an answer from v expires, if rows that may change stay fresh for life.
func (v *View[T]) Until(life time.Duration) (t time.Time) {
	if len(v.pagesRead) == 0 {
		t = v.totalRequested
	}
	for _, n := range v.pagesRead {
		if t.IsZero() || n.sent.Before(t) {
			t = n.sent
		}
	}
	if v.cachedList != nil && len(v.fromCache) > 0 {
		proved := when.Later(v.cachedList.proved, v.proved)
		if t.IsZero() || proved.Before(t) {
			t = proved
		}
	}
	t = t.Add(life)
	for _, g := range v.fromCache {
		if g.until.Before(t) {
			t = g.until
		}
	}
	return t
}

// lastRequested returns when the last page was requested; zero: none was.
func (v *View[T]) lastRequested() (t time.Time) {
	for _, n := range v.pagesRead {
		t = when.Later(t, n.sent)
	}
	return t
}

// bound returns the first ordinal known to have no row.
func (v *View[T]) bound() int {
	if v.total >= 0 {
		return v.total
	}
	return v.maxLength
}

// known returns a segment, read or cached, with the row of ordinal n; nil: none.
func (v *View[T]) known(n int) *Segment[T] {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g := &v.segments[i]; n >= g.First && n < g.end() {
			return g
		}
	}
	return nil
}

// moment returns when the row of ordinal n in g was created.
func (v *View[T]) moment(g *Segment[T], n int) Moment {
	return v.position(&g.Rows[n-g.First]).CreatedAt
}

// span returns which rows of g were created at t: from i up to j.
func (v *View[T]) span(g *Segment[T], t Moment) (i, j int) {
	first, last := v.moment(g, g.First), v.moment(g, g.end()-1)
	switch {
	case t <= first:
	case t > last:
		i = len(g.Rows)
	case t == last: // it has few rows
		for i = len(g.Rows) - 1; v.position(&g.Rows[i-1]).CreatedAt == t; i-- {
		}
	default:
		i = sort.Search(len(g.Rows), func(i int) bool { return v.position(&g.Rows[i]).CreatedAt >= t })
	}
	for j = i; j < len(g.Rows) && v.position(&g.Rows[j]).CreatedAt == t; j++ {
	}
	return i, j
}

// String prints what v knows, as "250 rows: 0-99 240-249*": the ordinals of the rows read or
// taken from the cache, in that order. A star means that rows at an end may have other places
// among the rows of their moment. "?" is an unknown total.
func (v *View[T]) String() string {
	var b strings.Builder
	if v.total < 0 {
		b.WriteString("? rows:")
	} else {
		fmt.Fprintf(&b, "%d rows:", v.total)
	}
	for i := range v.segments {
		g := &v.segments[i]
		fmt.Fprintf(&b, " %d-%d", g.First, g.end()-1)
		if g.Low+g.High > 0 {
			b.WriteByte('*')
		}
	}
	return b.String()
}
