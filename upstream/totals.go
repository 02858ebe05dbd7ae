package upstream

// Where a total and the rows disagree the rows are believed. A view that is deaf hears
// no total: the end of the list is where a page is not full and the page after it has no
// rows. That takes a few calls more, and nothing of it is kept, since a list whose
// length is not told cannot be proved.

// beDeaf makes v deaf. Nothing that tells a total has been read for it.
func (v *view[T]) beDeaf() *view[T] {
	v.deaf, v.untold = true, true
	return v
}

// doubts tells whether the total of a page, the first of v, is more than its rows prove:
// it is not full, so these are all there are. Where Census does not say how large its
// pages are it may be full all the same.
func (v *view[T]) doubts(r read, p page[T]) bool {
	return v.total < 0 && len(p.rows) > 0 && len(p.rows) < r.perPage() && p.perPage == r.perPage() && p.total > r.k*r.size+len(p.rows)
}

// beyond is the read that shows that no rows follow the end of the list; false if that
// was shown, or what is told of the end is believed.
func (v *view[T]) beyond(size int) (read, bool) {
	if !v.deaf || v.total < 0 {
		return read{}, false
	}
	r := read{k: (v.total + size - 1) / size, size: size}
	return r, r.k*size < v.most
}

// lies tells whether a page has told another total than its rows: it is not full, and yet
// there are more or fewer; or it has rows that there cannot be.
func lies[T any](r read, p page[T]) bool {
	rows, end := len(p.rows), r.k*r.size+len(p.rows)
	switch {
	case p.total < 0 || p.perPage != r.perPage():
		return false
	case rows == 0:
		return p.total > end
	case rows < r.perPage():
		return p.total != end
	}
	return p.total < end
}

// heardWrong tells whether v, which could be answered without totals only, has shown that
// they are wrong. That rows came and went between two pages shows nothing.
func (v *view[T]) heardWrong() bool { return v.deaf && v.lies }
