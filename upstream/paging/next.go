package paging

import "time"

// Next returns what to read for v to answer windows: nothing if it can; otherwise pages that
// may be read at the same time, at most most. It returns ErrMoved if a new view is needed, and
// ErrTies if no read helps. A scan reads one page at a time. With keeps, its pages are
// connected to the epoch at the end, so that they can be cached.
func (v *View[T]) Next(windows []Window, size, most int, scan, keeps bool) (todo []Read, err error) {
	todo = planReads(v, windows, size)
	if !scan && len(todo) == 0 {
		todo = v.BorderRead(windows, size)
	}
	group, unproved := 0, false
	if len(todo) == 0 {
		group, unproved = v.unproved(windows)
	}
	beyond, unsure := v.readPastEnd(size)
	switch {
	case len(todo) > 0:
	case v.tiesUnresolved:
		return nil, ErrTies
	case unsure:
		todo = []Read{beyond}
	case unproved:
		was := v.lastProof
		if v.lastProof = v.proofRead(group, size); v.lastProof == was {
			v.unprovable = true
			return nil, ErrMoved
		}
		todo = []Read{v.lastProof}
	case scan && keeps && !v.connectTried && v.outsideEpoch():
		todo, v.connectTried = []Read{v.proofRead(0, size)}, true
	}
	if v.contradicted {
		return nil, ErrMoved
	}
	if len(todo) == 0 {
		return nil, nil
	}
	if todo[0].tie {
		v.tieReads++
	}
	if scan {
		return todo[:1], nil
	}
	return v.parallelReads(todo, most), nil
}

// parallelReads returns the reads of todo, from the first on, that may be made at once, up to most.
// They are adjacent chunks below a row that has been read. If old rows are removed meanwhile,
// the topmost chunk read later overlaps rows read before, which reveals it.
func (v *View[T]) parallelReads(todo []Read, most int) []Read {
	first := todo[0]
	if _, below := v.at((first.K + 1) * first.Size); first.Head > 0 || !below || v.shuffled && !v.joined {
		return todo[:1]
	}
	n := 1
	for n < min(len(todo), most) && todo[n].Head == 0 && todo[n].K == first.K-n {
		n++
	}
	return todo[:n]
}

// An Arrival is a page that came, or the reason why it did not.
type Arrival[T any] struct {
	Page[T]
	Sent   time.Time // when it was requested
	Landed int64     // when it arrived, by the count of flights
	Err    error
	Gone   bool // there is no such page, or no such list; see Err
}

// Take adds the pages that came for todo, in order. If a page is missing, it calls head to
// read the newest rows, which show whether the list exists at all.
func (v *View[T]) Take(todo []Read, came []Arrival[T], size int, head func(Read) Arrival[T]) error {
	least, most := max(v.total, v.cachedTotal, 0), 0
	for _, a := range came {
		v.Arrived = max(v.Arrived, a.Landed)
		most = max(most, a.Total)
	}
	for i, a := range came {
		next := todo[i]
		if a.Total >= least { // rows may be added meanwhile, and parallel reads arrive in any order
			a.Total = most
		}
		gone := next.K > 0 && a.Gone
		if gone { // past the end?
			next = Read{Head: size, Size: size}
			a = head(next)
			v.Arrived = max(v.Arrived, a.Landed)
		}
		if a.Err != nil {
			return a.Err
		}
		if err := v.add(next, a.Page, a.Sent); err != nil {
			return err
		}
		switch past := todo[i].K * size; {
		case gone && v.ignoreTotals:
			v.maxLength = min(v.maxLength, past)
		case gone && v.total > past: // but the total says that there are rows
			return ErrMoved
		case !v.joined && i+1 < len(todo): // pages below that were read at the same time then prove nothing
			return nil
		}
		if gone && v.total < 0 { // the head shows no total: there are no rows
			v.learnTotal(todo[i], -1, Segment[T]{First: todo[i].K * size})
		}
	}
	return nil
}
