package paging

// If a total contradicts the rows, the rows are believed. A view may ignore totals. It then finds
// the end of the list at a page that is not full and is followed by a page without rows. That
// takes a few more calls, and nothing is cached: a list without a total cannot be proved.

// IgnoreTotals makes v ignore totals. v must not have read a page with a total yet.
func (v *View[T]) IgnoreTotals() *View[T] {
	v.ignoreTotals, v.noTotal = true, true
	return v
}

// totalTooLarge reports whether the total of a page, the first of v, exceeds what its rows prove: a
// page that is not full holds all rows. If Census does not report its page size, the page may
// still be full.
func (v *View[T]) totalTooLarge(r Read, p Page[T]) bool {
	return v.total < 0 && len(p.Rows) > 0 && len(p.Rows) < r.PerPage() && p.PerPage == r.PerPage() && p.Total > r.K*r.Size+len(p.Rows)
}

// readPastEnd returns the read that proves that no rows follow the end of the list. It returns
// false if that is proved, or if the reported end is believed.
func (v *View[T]) readPastEnd(size int) (Read, bool) {
	if !v.ignoreTotals || v.total < 0 {
		return Read{}, false
	}
	r := Read{K: (v.total + size - 1) / size, Size: size}
	return r, r.K*size < v.maxLength
}

// totalContradicts reports whether the total of a page contradicts its rows: the page is not
// full and yet the list has more or fewer, or it has rows beyond the total.
func totalContradicts[T any](r Read, p Page[T]) bool {
	rows, end := len(p.Rows), r.K*r.Size+len(p.Rows)
	switch {
	case p.Total < 0 || p.PerPage != r.PerPage():
		return false
	case rows == 0:
		return p.Total > end
	case rows < r.PerPage():
		return p.Total != end
	}
	return p.Total < end
}

// TotalsWrong reports whether v, which was answered only by ignoring totals, has shown that
// they are wrong. Rows that come and go between two pages prove nothing.
func (v *View[T]) TotalsWrong() bool { return v.ignoreTotals && v.wrongTotal }
