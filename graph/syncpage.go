package graph

// A syncPage is a page of a list in memory, from index from up to and excluding index to.
type syncPage struct {
	from, to       int
	next, previous bool // as in PageInfo
}

func (p syncPage) syncsOf(syncs []*Sync) []*Sync { return syncs[p.from:p.to] }

// connection returns the page of syncs as a connection. syncs must be in order; page has the
// arguments of the page.
func (p syncPage) connection(syncs []*Sync, list listSum, order SyncOrder, page pageArgs) *SyncConnection {
	return &SyncConnection{syncs: p.syncsOf(syncs), all: syncs, list: list, order: order, page: page, first: p.from, step: 1, open: -1,
		next: p.next, prev: p.previous, total: len(syncs)}
}

// pageOf returns the page of syncs for the arguments. syncs must be in order. defaultLimit is the
// length if the arguments have none. If the sync of a cursor is gone, the page begins where that
// sync would be.
func (a pageArgs) pageOf(syncs []*Sync, list listSum, order SyncOrder, defaultLimit int) (p syncPage, err error) {
	limit, backward, err := a.limit(defaultLimit)
	if err != nil {
		return p, err
	}
	after, err := parseCursor("after", a.after, list)
	if err != nil {
		return p, err
	}
	before, err := parseCursor("before", a.before, list)
	if err != nil {
		return p, err
	}
	p.to = len(syncs)
	if a.before != nil {
		p.to, _ = order.find(syncs, before)
	}
	if a.after != nil {
		i, found := order.find(syncs, after)
		if found {
			i++
		}
		p.from = i
	}
	switch { // if the ends cross, the page is empty, at the end that it is counted from
	case p.from <= p.to:
	case backward:
		p.from = p.to
	default:
		p.to = p.from
	}
	p.next, p.previous = p.to < len(syncs), p.from > 0
	if backward { // on the other side, the page does not continue past the cursor there
		p.previous = p.to-limit > p.from
		p.from = max(p.from, p.to-limit)
	} else {
		p.next = p.from+limit < p.to
		p.to = min(p.to, p.from+limit)
	}
	return p, nil
}
