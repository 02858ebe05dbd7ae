package graph

import (
	"cmp"
	"slices"
	"strconv"

	"census-gateway/upstream/paging"
)

// sort orders syncs.
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

// find returns the index of the sync named by c, or the index where it would be. The zero order
// is that of the ids; there it uses the ordinal of c. It does the same among labels with the same
// beginning, if c holds only the beginning of its label.
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

// compare orders two syncs by the data in their cursors. Syncs without a label come last in both
// directions.
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

// compareHealth compares cursors made by withHealth. The direction applies only to states. Among
// equal states, the longest-lasting comes first in both directions.
func (o SyncOrder) compareHealth(a, b cursor) int {
	state := cmp.Compare(a.label[:min(len(a.label), 1)], b.label[:min(len(b.label), 1)])
	if o.Direction == OrderDirectionDesc {
		state = -state
	}
	return cmp.Or(state, cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.label, b.label), cmp.Compare(a.ID, b.ID))
}

// withHealth returns c for a list ordered by health. The state's severity precedes the label, and
// the beginning of the state replaces the creation.
func (c cursor) withHealth(r *healthResult) cursor {
	c.CreatedAt = paging.Moment(r.since())
	c.label = strconv.Itoa(r.state().Severity()) + c.label
	return c
}

// cursor returns the position of s in an order, without its ordinal. In the order of the ids, it
// does not depend on whether the record was read.
func (s *Sync) cursor(o SyncOrder) cursor {
	c := cursor{Position: paging.Position{ID: int64(s.ID)}}
	if s.record != nil && o.Field != "" {
		c.CreatedAt = paging.Moment(s.record.CreatedAt)
		if byLabel := o.Field == SyncOrderFieldLabel || o.Field == SyncOrderFieldHealth; byLabel && s.record.Label != nil {
			c.label = foldCase(*s.record.Label)
		}
	}
	if s.healthResult != nil && o.Field == SyncOrderFieldHealth {
		c = c.withHealth(s.healthResult)
	}
	return c
}
