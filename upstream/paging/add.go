package paging

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrMoved means that old rows were removed since the view's first page, so its ordinals are
// out of date. Begin a new view.
var ErrMoved = errors.New("the list was shortened while it was read")

// add adds the page that r read, which was requested at sent. Its rows are oldest first.
func (v *View[T]) add(r Read, p Page[T], sent time.Time) error {
	if p.Total > 0 && len(p.Rows) == 0 && r.K == 0 { // there is no row to prove anything
		return ErrMoved
	}
	v.wrongTotal = v.wrongTotal || totalContradicts(r, p)
	if v.totalTooLarge(r, p) {
		v.IgnoreTotals()
	}
	shown := v.shownLength(r, len(p.Rows))
	if p.Total >= 0 && p.Total < shown && v.total >= 0 && v.total < shown && !v.ignoreTotals { // nor did the total before
		return ErrMoved
	}
	if v.ignoreTotals || p.Total < shown { // it omits rows that exist, so it shows nothing
		p.Total = -1
	}
	if err := v.check(r, p); err != nil {
		return err
	}
	v.noTotal = v.noTotal || p.Total < 0
	g := Segment[T]{First: r.K * r.Size, Rows: p.Rows, Sent: sent}
	if r.Head > 0 {
		if p.Total < 0 && len(p.Rows) == r.Head { // its ordinals are unknown
			v.minLength, v.chunksOnly = max(v.minLength, len(p.Rows)), true
			return nil
		}
		p.Total = max(p.Total, len(p.Rows)) // a row may be added while Census counts
		g.First = p.Total - len(p.Rows)
	}
	if want := min(p.Total-g.First, r.PerPage()); p.Total >= 0 && len(p.Rows) < want {
		return ErrMoved
	}
	if v.ignoreTotals && v.total >= 0 && g.First > v.total && len(g.Rows) > 0 {
		return ErrMoved
	}
	if len(g.Rows) == 0 && r.Head == 0 {
		v.maxLength = min(v.maxLength, g.First)
	}
	v.markLoose(&g, p.Total >= 0 && g.end() == p.Total)
	g.order = p.order
	v.order.merge(g.order)
	if len(g.Rows) > 0 {
		if v.packedBelow != nil && g.end() <= v.newestSegment().First {
			v.unpackNewest()
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
		if g.group = len(v.pagesRead) + 1; v.cachedList == nil && len(v.segments) == 0 {
			g.group = 0
		}
		v.segments = append(v.segments, g)
		v.joined = v.joinGroups()
		v.supersede()
	}
	v.pagesRead = append(v.pagesRead, readPage[T]{Read: r, page: p, sent: sent})
	v.learnTotal(r, p.Total, g)
	v.placeLoose()
	if v.contradicted {
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
	if p.Total >= 0 && p.Total < max(v.total, v.cachedTotal) {
		return ErrMoved
	}
	return nil
}

// shownLength returns the least length of the list, given a page of r with so many rows. A full
// page, which more may follow, counts by itself; while no total is known, any page counts by
// those before it.
func (v *View[T]) shownLength(r Read, rows int) int {
	n := 0
	if v.total < 0 {
		n = v.minLength
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
		v.minLength = max(v.minLength, g.end())
	}
	switch {
	case total >= 0 || v.total >= 0:
		v.total = max(total, v.total, v.minLength)
	case len(g.Rows) == r.Size: // more may follow
	case len(g.Rows) > 0:
		v.total = g.end()
	default:
		v.maxLength = min(v.maxLength, g.First)
	}
	switch {
	case v.total >= 0 || v.minLength < v.maxLength:
	case len(g.Rows) == r.Size && (g.High > 1 || g.High > 0 && v.distrustsTies()): // ties may have been added beyond
		v.maxLength = math.MaxInt
	default:
		v.total = v.minLength
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
