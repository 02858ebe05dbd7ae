package graph

import (
	"cmp"
	"slices"
	"strconv"

	"census-gateway/upstream/paging"
)

// A part is a stretch of a list that is all at hand: the places from from to to.
type part struct {
	from, to       int
	next, previous bool // as PageInfo has them
}

func (p part) of(syncs []*Sync) []*Sync { return syncs[p.from:p.to] }

// connection is the answer with that part of syncs, which stand in order, and which
// page asked for.
func (p part) connection(syncs []*Sync, list listSum, order SyncOrder, page pageArgs) *SyncConnection {
	return &SyncConnection{syncs: p.of(syncs), all: syncs, list: list, order: order, page: page, first: p.from, step: 1, open: -1,
		next: p.next, prev: p.previous, total: len(syncs)}
}

// cut finds the part of syncs, which stand in order, that the arguments ask
// for; otherwise is how many if they do not say. A part next to a sync that is
// gone begins where that would stand.
func (a pageArgs) cut(syncs []*Sync, list listSum, order SyncOrder, otherwise int) (p part, err error) {
	limit, backward, err := a.limit(otherwise)
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
	switch { // crossed, nothing is between them: the page stands where it is counted from
	case p.from <= p.to:
	case backward:
		p.from = p.to
	default:
		p.to = p.from
	}
	p.next, p.previous = p.to < len(syncs), p.from > 0
	if backward { // on the side it is counted to, the page goes on up to the cursor there and not beyond
		p.previous = p.to-limit > p.from
		p.from = max(p.from, p.to-limit)
	} else {
		p.next = p.from+limit < p.to
		p.to = min(p.to, p.from+limit)
	}
	return p, nil
}

// sort puts syncs in order.
func (o SyncOrder) sort(syncs []*Sync) {
	type placed struct {
		at   cursor
		sync *Sync
	}
	places := make([]placed, len(syncs))
	for i, s := range syncs {
		places[i] = placed{s.cursor(o), s}
	}
	slices.SortFunc(places, func(a, b placed) int { return o.compare(a.at, b.at) })
	for i := range places {
		syncs[i] = places[i].sync
	}
}

// find is the place of the sync that c names, or the one where it would stand.
// The zero order is that of the ids: there it would stand where it stood. So it does
// among labels that begin like that of c, if c does not keep all of it.
func (o SyncOrder) find(syncs []*Sync, c cursor) (int, bool) {
	if i := slices.IndexFunc(syncs, func(s *Sync) bool { return int64(s.ID) == c.ID }); i >= 0 {
		return i, true
	}
	if o.Field == "" {
		return min(c.Ordinal, len(syncs)), false
	}
	shortened := len(c.label) == maxLabel
	compare := func(s *Sync, c cursor) int {
		at := s.cursor(o)
		if shortened {
			at.label, at.ID = at.label[:min(len(at.label), maxLabel)], c.ID
		}
		return o.compare(at, c)
	}
	from, _ := slices.BinarySearchFunc(syncs, c, compare)
	to := from
	for shortened && to < len(syncs) && compare(syncs[to], c) == 0 {
		to++
	}
	return min(max(c.Ordinal, from), to), false
}

// compare puts two syncs in order by what their cursors keep of them. Those
// without a label come last, in either direction.
func (o SyncOrder) compare(a, b cursor) int {
	if o.Field == SyncOrderFieldHealth {
		return o.compareHealth(a, b)
	}
	n := cmp.Compare(a.CreatedAt, b.CreatedAt)
	if o.Field == SyncOrderFieldLabel {
		if (a.label == "") != (b.label == "") {
			return cmp.Compare(b.label, a.label)
		}
		n = cmp.Compare(a.label, b.label)
	}
	n = cmp.Or(n, cmp.Compare(a.ID, b.ID))
	if o.Direction == OrderDirectionDesc {
		return -n
	}
	return n
}

// compareHealth compares what withHealth made. Only states stand in one direction
// or the other; among equals, what lasts longest is first in both.
func (o SyncOrder) compareHealth(a, b cursor) int {
	state := cmp.Compare(a.label[:min(len(a.label), 1)], b.label[:min(len(b.label), 1)])
	if o.Direction == OrderDirectionDesc {
		state = -state
	}
	return cmp.Or(state, cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.label, b.label), cmp.Compare(a.ID, b.ID))
}

// withHealth is c for a list ordered by health: the state's severity stands
// before the label, and the time since when in place of that of creation.
func (c cursor) withHealth(v *verdict) cursor {
	c.CreatedAt = paging.Moment(v.since())
	c.label = strconv.Itoa(v.state().Severity()) + c.label
	return c
}

// cursor is what places s in an order; its ordinal is for the list to add. In the order
// of the ids it is the same whether the record has been read or not.
func (s *Sync) cursor(o SyncOrder) cursor {
	c := cursor{Position: paging.Position{ID: int64(s.ID)}}
	if s.record != nil && o.Field != "" {
		c.CreatedAt = paging.Moment(s.record.CreatedAt)
		if byLabel := o.Field == SyncOrderFieldLabel || o.Field == SyncOrderFieldHealth; byLabel && s.record.Label != nil {
			c.label = folded(*s.record.Label)
		}
	}
	if s.verdict != nil && o.Field == SyncOrderFieldHealth {
		c = c.withHealth(s.verdict)
	}
	return c
}
