package paging

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"time"
)

// A View is what is known of one list while it is read: which rows stand at which ordinals,
// and how many there are. Pages are added newest first. Rows removed between two reads then
// show as an overlap and never as a gap.
type View[T any] struct {
	position func(*T) Position
	segments []Segment[T] // in the order they were read or recalled
	total    int          // rows in the list when last reported; -1: unknown
	end      int          // ordinal after the newest row; -1: the newest end has not been read
	untold   bool         // Census reports no total
	deaf     bool         // or its totals are ignored: see totals.go
	lies     bool         // the total of a page contradicts its rows
	blind    bool         // nor do heads, so their rows cannot be placed
	least    int          // while total is unknown: least length of the list
	most     int          // and its greatest length
	Stale    time.Time    // when Census sent its oldest expired part; zero: none has expired
	order                 // of the ties seen
	looks    int          // reads made to see all rows of a moment
	torn     bool         // they did not show them
	widest   int          // rows of the largest page for that; 0: of a chunk
	linked   bool         // the page read last proved rows known before
	proof    Read         // the last one meant to prove what was read
	tying    bool         // the read that connects a scan to the epoch was made
	stuck    bool         // because of ties, it cannot be proved that all pages are of one time
	Spare    []T          // room for rows of several segments, when no one uses them; nil: in use

	memory[T]
}

// A Page is one page of a list, with its rows oldest first in any case.
type Page[T any] struct {
	Rows    []T
	Total   int // rows in the whole list; -1 if Census sent no total
	PerPage int // page size that Census used; 0 if unknown
	order   order
}

// Sort orders rows created in the same millisecond, which may come in any order. If other rows
// are out of order, these are not the requested rows, but the oldest instead of the newest.
// That is an error unless the page holds all rows of the list.
func (p *Page[T]) Sort(position func(*T) Position) error {
	sorted, alike := true, 1
	for i := 1; i < len(p.Rows); i++ { // rows are large: compared in place
		a, b := position(&p.Rows[i-1]), position(&p.Rows[i])
		if a.CreatedAt > b.CreatedAt && p.Total != len(p.Rows) {
			return fmt.Errorf("row %d is not in the requested order", b.ID)
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
	Sent  time.Time // rows that were read: when they were requested
	until time.Time // cached rows: when they expire
	group int       // 0: part of the epoch of the cached rows, or of the view's first page; see memory

	fringe
	Mended bool // rows were put in their places among those of their moment
	Raw    []T  // the rows before that; nil: Rows
}

func (g Segment[T]) end() int { return g.First + len(g.Rows) }

// NewView begins a view of a list whose rows are placed by position. wide means that Census
// gives pages of up to maxPage rows.
func NewView[T any](position func(*T) Position, wide bool) *View[T] {
	v := &View[T]{position: position, total: -1, end: -1, most: math.MaxInt}
	if wide {
		v.widest = maxPage
	}
	return v
}

// After makes v begin again with what before could not show.
func (v *View[T]) After(before *View[T]) *View[T] {
	v.blind = before.stuck // consecutive chunks share one order
	return v
}

// Used reports whether an answer from v was read from Census, and whether it uses any read or
// cached row at all.
func (v *View[T]) Used() (read, any bool) {
	read = len(v.news) > 0
	return read, read || len(v.recalled) > 0 || !v.told.IsZero()
}

// ErrMoved means that old rows were removed since the view's first page, so its ordinals are
// out of date. Begin a new view.
var ErrMoved = errors.New("the list was shortened while it was read")

// add adds the page that r read, which was requested at sent. Its rows are oldest first.
func (v *View[T]) add(r Read, p Page[T], sent time.Time) error {
	if p.Total > 0 && len(p.Rows) == 0 && r.K == 0 { // there is no row to prove anything
		return ErrMoved
	}
	v.lies = v.lies || lies(r, p)
	if v.doubts(r, p) {
		v.BeDeaf()
	}
	shown := v.shown(r, len(p.Rows))
	if p.Total >= 0 && p.Total < shown && v.total >= 0 && v.total < shown && !v.deaf { // nor did the total before
		return ErrMoved
	}
	if v.deaf || p.Total < shown { // it omits rows that exist, so it shows nothing
		p.Total = -1
	}
	if err := v.check(r, p); err != nil {
		return err
	}
	v.untold = v.untold || p.Total < 0
	g := Segment[T]{First: r.K * r.Size, Rows: p.Rows, Sent: sent}
	if r.Head > 0 {
		if p.Total < 0 && len(p.Rows) == r.Head { // its ordinals are unknown
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

// check rejects pages that do not match r.
func (v *View[T]) check(r Read, p Page[T]) error {
	if p.PerPage != 0 && p.PerPage != r.PerPage() || len(p.Rows) > r.PerPage() {
		return fmt.Errorf("requested %d rows a page, got %d of %d", r.PerPage(), len(p.Rows), p.PerPage)
	}
	for i := range p.Rows {
		at := v.position(&p.Rows[i])
		if at.ID <= 0 || at.CreatedAt == 0 {
			return fmt.Errorf("row %d has no readable id or created_at", i)
		}
		if i > 0 && v.position(&p.Rows[i-1]).Compare(at) >= 0 {
			return fmt.Errorf("row %d is duplicated or out of order", at.ID)
		}
	}
	if p.Total >= 0 && p.Total < max(v.total, v.floor) {
		return ErrMoved
	}
	return nil
}

// shown returns the least length of the list, given a page of r with so many rows. A full
// page, which more may follow, counts by itself; while no total is known, any page counts by
// those before it.
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

// learnTotal learns the length of the list from a page. If Census sends no total (-1), the
// last page with rows shows it.
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

// agree reports whether two segments may belong to one list: the same rows at the same
// ordinals, or where they are loose, rows of the same moment; and older rows at lower
// ordinals.
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

// at returns the latest read segment with the row of ordinal n, or a recalled one.
func (v *View[T]) at(n int) (g Segment[T], ok bool) {
	for i := len(v.segments) - 1; i >= 0; i-- {
		if g = v.segments[i]; n >= g.First && n < g.end() {
			return g, true
		}
	}
	return v.recallAt(n)
}

// rows returns the rows at the ordinals from lo to hi, all of which are known. They may be
// shared, so callers must not write to them.
func (v *View[T]) rows(lo, hi int) []T {
	out := v.Spare[:0]
	for n := lo; n < hi; {
		g, ok := v.at(n)
		if !ok {
			panic("upstream: a planned row was not read")
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
	return v.most
}

// rank bounds the number of rows older than p: from lo to hi. If both are equal, that is the
// ordinal at which p stands or would stand. Between different bounds, no row has been read,
// except loose ones of p's moment.
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
