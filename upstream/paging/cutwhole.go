package paging

import "sort"

// CutWhole answers w from all rows of a list, oldest first.
func CutWhole[T any](rows []T, w Window, position func(*T) Position) Slice[T] {
	lo, hi := 0, len(rows)
	if !w.Older.IsEnd() {
		lo = sort.Search(len(rows), func(i int) bool { return position(&rows[i]).Compare(w.Older) > 0 })
	}
	if !w.Newer.IsEnd() {
		hi = sort.Search(len(rows), func(i int) bool { return position(&rows[i]).Compare(w.Newer) >= 0 })
	}
	if w.FromOldest { // if the sides cross, the window is empty at its near side
		hi = max(hi, lo)
	} else {
		lo = min(lo, hi)
	}
	s := Slice[T]{Total: len(rows), First: lo, position: position, More: hi-lo > w.Limit}
	if w.FromOldest {
		hi = min(hi, lo+w.Limit)
	} else {
		lo = max(lo, hi-w.Limit)
		s.First = lo
	}
	s.Rows = rows[lo:hi:hi]
	return s
}
