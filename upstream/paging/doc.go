// Package paging calculates which pages of a list answer a question, and answers it from them.
// It makes no requests, stores nothing and uses no clock. Pages, cached rows and times are
// passed in, so that everything can be tested and printed in isolation.
//
// Census lists rows in numbered pages, by creation, from either end:
//
//   - A head is a page from the newest end. It moves with each new row.
//   - A chunk is a page from the oldest end. It moves only when old rows are removed.
//
// A [Window] asks for a stretch of the list and a [Slice] is the answer. A [Position] is a
// row's place in the list. An ordinal is the number of older rows.
//
// A [View] is what is known of one list. [View.Next] returns the pages to read for some
// windows, [View.Take] adds them, and once nothing more is to be read, [View.Slices] returns
// the answers:
//
//	v := paging.NewView(position, true)
//	for {
//		todo, err := v.Next(windows, 100, 8, false, false)
//		if err != nil || len(todo) == 0 {
//			break
//		}
//		if err := v.Take(todo, read(todo), 100, readHead); err != nil {
//			break
//		}
//	}
//	answers := v.Slices(windows)
//
// A caller may cache rows between views. It passes them in by [View.UseChunks] and
// [View.UseNewest], and [View.ToCache] says what to cache. Cached rows are valid for an epoch,
// which ends when old rows are removed and every ordinal moves. The file cachestate.go explains
// how a page proves that an epoch continues.
//
// Three things complicate the arithmetic:
//
//   - Rows come and go between two reads. Pages must overlap; otherwise [ErrMoved] tells the caller
//     to start again.
//   - Rows created in the same moment may come in any order (ties.go).
//   - Census may send no total, or a wrong one (totals.go).
//
// The files build on each other in this order, and none uses a later one:
//
//	window, read, page, segment, cachestate   the values
//	view, ties, ties_solve, totals            what is known of the list
//	lookup, stretch, scanstep                 where rows and windows stand
//	prove, ties_plan, readplan, add           which pages to read, and what they show
//	next, epoch, slice                        reads, cache and answers
package paging
