package upstream

import (
	"time"
)

// next is what to read for v to answer windows: nothing, where it can; else pages that may be
// read at the same time, most at once. Its error is errMoved if v is of no use any more, errTies if
// no reading helps. A scan reads one page at a time, and has what it read tied to the
// epoch in the end where it is to be kept.
func (v *view[T]) next(windows []Window, size, most int, scan, keeps bool) (todo []read, err error) {
	todo = plan(v, windows, size)
	if !scan && len(todo) == 0 {
		todo = v.border(windows, size)
	}
	group, doubtful := 0, false
	if len(todo) == 0 {
		group, doubtful = v.doubtful(windows)
	}
	beyond, unsure := v.beyond(size)
	switch {
	case len(todo) > 0:
	case v.torn:
		return nil, errTies
	case unsure:
		todo = []read{beyond}
	case doubtful:
		was := v.proof
		if v.proof = v.proofOf(group, size); v.proof == was {
			v.stuck = true
			return nil, errMoved
		}
		todo = []read{v.proof}
	case scan && keeps && !v.tying && v.loose():
		todo, v.tying = []read{v.proofOf(0, size)}, true
	}
	if v.broken {
		return nil, errMoved
	}
	if len(todo) == 0 {
		return nil, nil
	}
	if todo[0].tie {
		v.looks++
	}
	if scan {
		return todo[:1], nil
	}
	return v.together(todo, most), nil
}

// together are those of todo, from the first on, that may be read at once, up to most: chunks
// next to each other, below a row that has been read. If old rows are removed
// meanwhile, the topmost of those read after that reaches into what was read
// before, which shows.
func (v *view[T]) together(todo []read, most int) []read {
	first := todo[0]
	if _, below := v.at((first.k + 1) * first.size); first.head > 0 || !below || v.crooked && !v.linked {
		return todo[:1]
	}
	n := 1
	for n < min(len(todo), most) && todo[n].head == 0 && todo[n].k == first.k-n {
		n++
	}
	return todo[:n]
}

// An arrival is a page that came, or why it did not.
type arrival[T any] struct {
	page[T]
	sent   time.Time // when it was asked for
	landed int64     // when it was there, by the count of flights
	err    error
	gone   bool // there is no such page, or no such list: err says so
}

// take takes in the pages that came for todo, in their order. head reads the newest rows,
// where a page is gone: they know whether the list is there at all.
func (v *view[T]) take(todo []read, came []arrival[T], size int, head func(read) arrival[T]) error {
	least, most := max(v.total, v.floor, 0), 0
	for _, a := range came {
		v.arrived = max(v.arrived, a.landed)
		most = max(most, a.total)
	}
	for i, a := range came {
		next := todo[i]
		if a.total >= least { // rows may be added meanwhile, and pages read at once come in any order
			a.total = most
		}
		gone := next.k > 0 && a.gone
		if gone { // past the end?
			next = read{head: size, size: size}
			a = head(next)
			v.arrived = max(v.arrived, a.landed)
		}
		if a.err != nil {
			return a.err
		}
		if err := v.add(next, a.page, a.sent); err != nil {
			return err
		}
		switch past := todo[i].k * size; {
		case gone && v.deaf:
			v.most = min(v.most, past)
		case gone && v.total > past: // and yet the total has rows there
			return errMoved
		case !v.linked && i+1 < len(todo): // what was read below at the same time proves nothing then
			return nil
		}
		if gone && v.total < 0 { // the head does not know: there are no rows there
			v.learnTotal(todo[i], -1, segment[T]{first: todo[i].k * size})
		}
	}
	return nil
}
