package paging

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"
)

// A View is what is known of one list while it is read: which rows stand at
// which ordinals, and how many there are. Pages are added newest first, so that
// rows removed between two reads show as an overlap and never as a gap.
type View[T any] struct {
	position func(*T) Position
	segments []Segment[T] // in the order they were read or recalled
	total    int          // rows in the list when last told; -1: not yet
	end      int          // ordinal after the newest row; -1: the newest end has not been read
	untold   bool         // Census does not tell the total
	deaf     bool         // or what it tells is not believed: see totals.go
	lies     bool         // a page has told another total than its rows
	blind    bool         // nor do heads, so their rows cannot be placed
	least    int          // while total is unknown: the list has at least this many rows
	most     int          // and at most this many
	Stale    time.Time    // when Census said what it is made from, where that is over its time; zero: it counts
	order                 // of the ties that have been seen
	looks    int          // reads made to see all rows of a moment
	torn     bool         // they did not show them
	widest   int          // rows of the largest page for that; 0: of a chunk
	linked   bool         // the page read last proved rows known before
	proof    Read         // the last one that was to prove what was read
	tying    bool         // the read that ties a scan to the epoch was made
	stuck    bool         // ties keep it from being proved that what was read is of one time
	Spare    []T          // room for rows of several segments, which nobody holds any more; nil: they are held

	memory[T]
}

// A Page is one Page of a list, its rows oldest first however Census ordered them.
type Page[T any] struct {
	Rows    []T
	Total   int // rows in the whole list; -1 if Census did not tell
	PerPage int // page size Census really used; 0 if it did not tell and nothing shows it
	order   order
}

// Sort puts rows created in the same millisecond in order, which may come in either.
// Others stand in it, or these are not the rows that were asked for: the oldest
// instead of the newest. Only where they are all there are that is no matter.
func (p *Page[T]) Sort(position func(*T) Position) error {
	sorted, alike := true, 1
	for i := 1; i < len(p.Rows); i++ { // rows are large: looked at where they stand
		a, b := position(&p.Rows[i-1]), position(&p.Rows[i])
		if a.CreatedAt > b.CreatedAt && p.Total != len(p.Rows) {
			return fmt.Errorf("row %d against the order asked for", b.ID)
		}
		sorted = sorted && a.Compare(b) <= 0
		if alike++; a.CreatedAt != b.CreatedAt {
			alike = 1
		}
		p.order.tie(alike, a.ID > b.ID)
	}
	if !sorted {
		slices.SortFunc(p.Rows, func(a, b T) int { return position(&a).Compare(position(&b)) })
	}
	return nil
}

// A Segment is a run of rows at consecutive ordinals.
type Segment[T any] struct {
	First int
	Rows  []T       // oldest first; at least one
	Sent  time.Time // rows that were read: when they were asked for
	until time.Time // rows that were kept: until when they count
	group int       // 0: stands in the epoch of what was kept, or of the view's first page; see memory

	fringe
	Mended bool // rows were put in their places among those of their moment
	Raw    []T  // as they were before; nil: as they are
}

func (g Segment[T]) end() int { return g.First + len(g.Rows) }

// NewView begins a view of a list whose rows stand where position says. wide tells that
// Census gives pages of up to maxPage rows.
func NewView[T any](position func(*T) Position, wide bool) *View[T] {
	v := &View[T]{position: position, total: -1, end: -1, most: math.MaxInt}
	if wide {
		v.widest = maxPage
	}
	return v
}

// After is v, which begins anew what before could not show.
func (v *View[T]) After(before *View[T]) *View[T] {
	v.blind = before.stuck // chunks alone, one after the other, are in one order
	return v
}

// Used tells whether an answer from v was read, and whether it is of anything that was
// read or kept at all.
func (v *View[T]) Used() (read, any bool) {
	read = len(v.news) > 0
	return read, read || len(v.recalled) > 0 || !v.told.IsZero()
}

// ErrMoved says that old rows were removed since the view's first page: its
// ordinals are of the past.
var ErrMoved = errors.New("the list was shortened while it was read")

// add takes in the page that r read, which was asked for at sent. Its rows are
// oldest first.
func (v *View[T]) add(r Read, p Page[T], sent time.Time) error {
	if p.Total > 0 && len(p.Rows) == 0 && r.K == 0 { // no row proves anything
		return ErrMoved
	}
	v.lies = v.lies || lies(r, p)
	if v.doubts(r, p) {
		v.BeDeaf()
	}
	shown := v.shown(r, len(p.Rows))
	if p.Total >= 0 && p.Total < shown && v.total >= 0 && v.total < shown && !v.deaf { // nor was what was told before
		return ErrMoved
	}
	if v.deaf || p.Total < shown { // it leaves out rows that are there, and tells nothing
		p.Total = -1
	}
	if err := v.check(r, p); err != nil {
		return err
	}
	v.untold = v.untold || p.Total < 0
	g := Segment[T]{First: r.K * r.Size, Rows: p.Rows, Sent: sent}
	if r.Head > 0 {
		if p.Total < 0 && len(p.Rows) == r.Head { // its ordinals cannot be told
			v.least, v.blind = max(v.least, len(p.Rows)), true
			return nil
		}
		p.Total = max(p.Total, len(p.Rows)) // a row may be added while Census counts
		g.First = p.Total - len(p.Rows)
	}
	if want := min(p.Total-g.First, r.PerPage()); p.Total >= 0 && len(p.Rows) < want {
		return ErrMoved
	}
	if v.deaf && v.total >= 0 && g.First > v.total && len(g.Rows) > 0 {
		return ErrMoved
	}
	if len(g.Rows) == 0 && r.Head == 0 {
		v.most = min(v.most, g.First)
	}
	v.loosen(&g, p.Total >= 0 && g.end() == p.Total)
	g.order = p.order
	v.order.merge(g.order)
	if len(g.Rows) > 0 {
		if v.below != nil && g.end() <= v.crown().First {
			v.open()
		}
		for i := range v.segments {
			if !v.agree(&v.segments[i], &g) {
				return ErrMoved
			}
		}
		for i := range v.witnesses {
			if !v.agree(&v.witnesses[i], &g) {
				return ErrMoved
			}
		}
		if g.group = len(v.news) + 1; v.kept == nil && len(v.segments) == 0 {
			g.group = 0
		}
		v.segments = append(v.segments, g)
		v.linked = v.link()
		v.supersede()
	}
	v.news = append(v.news, news[T]{Read: r, page: p, sent: sent})
	v.learnTotal(r, p.Total, g)
	v.settle()
	if v.broken {
		return ErrMoved
	}
	return nil
}

// check refuses pages that cannot be what r asked for.
func (v *View[T]) check(r Read, p Page[T]) error {
	if p.PerPage != 0 && p.PerPage != r.PerPage() || len(p.Rows) > r.PerPage() {
		return fmt.Errorf("asked for %d rows a page, got %d of %d", r.PerPage(), len(p.Rows), p.PerPage)
	}
	for i := range p.Rows {
		at := v.position(&p.Rows[i])
		if at.ID <= 0 || at.CreatedAt == 0 {
			return fmt.Errorf("row %d has no readable id or created_at", i)
		}
		if i > 0 && v.position(&p.Rows[i-1]).Compare(at) >= 0 {
			return fmt.Errorf("row %d stands twice or out of order", at.ID)
		}
	}
	if p.Total >= 0 && p.Total < max(v.total, v.floor) {
		return ErrMoved
	}
	return nil
}

// shown is how many rows the list has at least, as a page of r with so many rows shows:
// a full one, which more may follow, by itself; any, where no total has been told yet,
// by those before it.
func (v *View[T]) shown(r Read, rows int) int {
	n := 0
	if v.total < 0 {
		n = v.least
	}
	if rows == r.PerPage() {
		n = max(n, r.K*r.Size+rows)
	}
	return n
}

// learnTotal takes from a page how long the list is. Where Census tells no
// total (-1), the last page that has rows does.
func (v *View[T]) learnTotal(r Read, total int, g Segment[T]) {
	if len(g.Rows) > 0 {
		v.least = max(v.least, g.end())
	}
	switch {
	case total >= 0 || v.total >= 0:
		v.total = max(total, v.total, v.least)
	case len(g.Rows) == r.Size: // more may follow
	case len(g.Rows) > 0:
		v.total = g.end()
	default:
		v.most = min(v.most, g.First)
	}
	switch {
	case v.total >= 0 || v.least < v.most:
	case len(g.Rows) == r.Size && (g.High > 1 || g.High > 0 && v.wary()): // ties may have been added beyond
		v.most = math.MaxInt
	default:
		v.total = v.least
	}
	if v.total == 0 {
		v.end = 0
	}
	for _, g := range v.segments {
		if g.end() == v.total {
			v.end = v.total
		}
	}
}

// agree tells whether two segments can be of one list: the same rows at the
// same ordinals, or where they are loose, rows of the same moment; and older ones at
// lower ordinals.
func (v *View[T]) agree(a, b *Segment[T]) bool {
	if b.First < a.First {
		a, b = b, a
	}
	if a.end() <= b.First {
		p, q := v.position(&a.Rows[len(a.Rows)-1]), v.position(&b.Rows[0])
		if p.CreatedAt == q.CreatedAt && (a.High > 0 || b.Low > 0) {
			v.order.tie(2, p.ID >= q.ID)
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
		v.order.tie(2, true)
	}
	return true
}

// at is the latest read segment with the row of ordinal n, or one that is
// recalled.
func (v *View[T]) at(n int) (g Segment[T], ok bool) {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g = v.segments[i]; n >= g.First && n < g.end() {
			return g, true
		}
	}
	return v.recallAt(n)
}

// rows returns the rows at the ordinals from lo to hi, all of which are known.
// They may be shared: they are not to be written to.
func (v *View[T]) rows(lo, hi int) []T {
	out := v.Spare[:0]
	for n := lo; n < hi; {
		g, ok := v.at(n)
		if !ok {
			panic("upstream: a row was planned for and not read")
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

// bound is the ordinal from which on there are no rows, as far as is known.
func (v *View[T]) bound() int {
	if v.total >= 0 {
		return v.total
	}
	return v.most
}

// rank bounds the number of rows older than p: from lo to hi. Where both are
// one number, that is the ordinal at which p stands or would stand. Between
// different ones, no row from lo up to hi has been read, but loose ones of p's moment.
func (v *View[T]) rank(p Position) (lo, hi int) {
	hi = v.bound()
	if v.below != nil && len(v.witnesses) == 0 && p.Compare(v.position(&v.segments[0].Rows[0])) < 0 {
		v.open()
	}
	for i := range v.segments {
		g := &v.segments[i]
		if i, j := v.vague(g, p); i < j {
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
