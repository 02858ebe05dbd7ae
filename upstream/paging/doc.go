// Package paging reckons which pages of a list answer a question, and answers it from
// them. It reads nothing, keeps nothing and looks at no clock: pages, what was kept and the
// time are given to it, so that all of it can be printed and tried alone.
//
// Census lists in numbered pages, by creation, from either end. A page from the newest end,
// a head, moves with each row that is created; one from the oldest end, a chunk, does so
// only when old rows are removed. A [Window] asks for a stretch of the list, a [Slice] is
// the answer, a [Position] a row's place in it, and an ordinal how many rows are older.
//
// A [View] is what is known of one list. [View.Next] tells what to read for windows to be
// answered, [View.Take] takes in what came, and when nothing more is to be read [View.Slices]
// has the answers:
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
// A caller that keeps rows between views gives them by [View.Remember] and [View.Recall], and
// [View.Keep] tells it what is worth keeping. What is kept is right for an epoch, which ends
// when old rows are removed and every ordinal moves: memory.go says how a page proves that
// one goes on.
//
// Three things make it more than arithmetic. Rows come and go between two reads: pages must
// overlap, or [ErrMoved] says to begin anew. Rows created in the same moment may come in
// any order: ties.go. And Census may tell no total, or a wrong one: totals.go.
package paging
