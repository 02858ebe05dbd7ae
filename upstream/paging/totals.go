package paging

// Where a total and the rows disagree the rows are believed. A view that is deaf hears
// no total: the end of the list is where a page is not full and the page after it has no
// rows. That takes a few calls more, and nothing of it is kept, since a list whose
// length is not told cannot be proved.

// BeDeaf makes v deaf. Nothing that tells a total has been read for it.
func (v *View[T]) BeDeaf() *View[T] {
	v.deaf, v.untold = true, true
	return v
}

// doubts tells whether the total of a page, the first of v, is more than its rows prove:
// it is not full, so these are all there are. Where Census does not say how large its
// pages are it may be full all the same.
func (v *View[T]) doubts(r Read, p Page[T]) bool {
	return v.total < 0 && len(p.Rows) > 0 && len(p.Rows) < r.PerPage() && p.PerPage == r.PerPage() && p.Total > r.K*r.Size+len(p.Rows)
}

// beyond is the read that shows that no rows follow the end of the list; false if that
// was shown, or what is told of the end is believed.
func (v *View[T]) beyond(size int) (Read, bool) {
	if !v.deaf || v.total < 0 {
		return Read{}, false
	}
	r := Read{K: (v.total + size - 1) / size, Size: size}
	return r, r.K*size < v.most
}

// lies tells whether a page has told another total than its rows: it is not full, and yet
// there are more or fewer; or it has rows that there cannot be.
func lies[T any](r Read, p Page[T]) bool {
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

// HeardWrong tells whether v, which could be answered without totals only, has shown that
// they are wrong. That rows came and went between two pages shows nothing.
func (v *View[T]) HeardWrong() bool { return v.deaf && v.lies }
