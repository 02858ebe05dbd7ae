package graph

import (
	"context"
	"slices"
	"strconv"

	"census-gateway/upstream"
)

const maxSyncIDs = 500

// newestSyncs is how the workspace's syncs stand unless asked otherwise.
var newestSyncs = SyncOrder{Field: SyncOrderFieldCreatedAt, Direction: OrderDirectionDesc}

// resolveSyncs answers a, which is Query.syncs.
func resolveSyncs(ctx context.Context, a asked, ids []string, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) (*SyncConnection, error) {
	if ids == nil {
		return workspaceSyncs(ctx, a, filter, orderBy, page)
	}
	return namedSyncs(ctx, a, ids, filter, orderBy, page)
}

// workspaceSyncs answers a with a page of all the syncs of the workspace.
func workspaceSyncs(ctx context.Context, a asked, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) (*SyncConnection, error) {
	order := newestSyncs
	if orderBy != nil {
		order = *orderBy
	}
	list := syncList("all", filter, &order)
	if order.Field != SyncOrderFieldCreatedAt || !filter.all() {
		return sortedSyncs(ctx, a, list, filter, order, page)
	}
	newestFirst := order.Direction == OrderDirectionDesc
	w, err := page.window(list, newestFirst)
	if err != nil {
		return nil, err
	}
	slice, err := loadersOf(ctx).listed.get(ctx, w)
	if err != nil {
		return nil, err
	}
	syncs := listed(slice.Rows)
	runsAhead(ctx, a, syncs)
	info := pageInfo(w, slice, newestFirst)
	c := &SyncConnection{syncs: syncs, list: list, page: page, first: slice.First, step: 1,
		next: info.HasNextPage, prev: info.HasPreviousPage, total: slice.Total}
	if newestFirst {
		slices.Reverse(syncs)
		c.first, c.step = slice.End()-1, -1
	}
	return c, nil
}

// sortedSyncs pages through the syncs of the workspace by a filter or in an order
// that Census does not know, which takes reading them all.
func sortedSyncs(ctx context.Context, a asked, list listSum, filter *SyncFilter, order SyncOrder, page pageArgs) (*SyncConnection, error) {
	if _, err := page.cut(nil, list, order, defaultPage); err != nil {
		return nil, err
	}
	rows, err := loadersOf(ctx).all()
	if err != nil {
		return nil, err
	}
	syncs := filter.choose(ctx, listed(rows))
	order.sort(ctx, syncs)
	part, err := page.cut(syncs, list, order, defaultPage)
	if err != nil {
		return nil, err
	}
	runsAhead(ctx, a, part.of(syncs))
	return part.connection(syncs, list, order, page), nil
}

// listed makes answers of records that were listed.
func listed(rows []upstream.Sync) []*Sync {
	syncs := make([]*Sync, len(rows))
	for i := range rows {
		syncs[i] = &Sync{ID: rows[i].ID, record: &rows[i]}
	}
	return syncs
}

// namedSyncs answers a with a page of the syncs with the given ids, each once, as they
// stand there unless an order is asked for.
func namedSyncs(ctx context.Context, a asked, ids []string, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) (*SyncConnection, error) {
	syncs, err := syncsNamed("ids", ids)
	if err != nil {
		return nil, err
	}
	list := namedList(syncs, filter, orderBy)
	var order SyncOrder
	if orderBy != nil {
		order = *orderBy
	}
	readAll := orderBy != nil || !filter.all()
	if readAll {
		if _, err := page.cut(nil, list, order, 0); err != nil {
			return nil, err
		}
		readRecords(ctx, syncs)
		syncs = filter.choose(ctx, syncs)
	}
	if orderBy != nil {
		order.sort(ctx, syncs)
	}
	part, err := page.cut(syncs, list, order, len(syncs))
	if err != nil {
		return nil, err
	}
	shown := part.of(syncs)
	switch { // else readAhead could tell which are shown
	case readAll:
		runsAhead(ctx, a, shown)
	case a.record:
		readRecords(ctx, shown)
	}
	return part.connection(syncs, list, order, page), nil
}

// syncsNamed are the syncs that ids, which stand in the argument arg, name: each
// once, known by nothing else yet.
func syncsNamed(arg string, ids []string) ([]*Sync, error) {
	if len(ids) > maxSyncIDs {
		return nil, badInput("%s must name at most %d syncs, got %d", arg, maxSyncIDs, len(ids))
	}
	syncs := make([]*Sync, 0, len(ids))
	seen := make(map[upstream.SyncID]bool, len(ids))
	for _, id := range ids {
		n, err := parseSyncID(arg, id)
		if err != nil {
			return nil, err
		}
		if !seen[n] {
			seen[n] = true
			syncs = append(syncs, &Sync{ID: n})
		}
	}
	return syncs, nil
}

// namedList names the list of syncs, which were named, for its cursors. In an order of
// their own it does not matter how they stand.
func namedList(syncs []*Sync, filter *SyncFilter, order *SyncOrder) listSum {
	ids := make([]upstream.SyncID, len(syncs))
	for i, s := range syncs {
		ids[i] = s.ID
	}
	if order != nil {
		slices.Sort(ids)
	}
	name := []byte("named")
	for _, id := range ids {
		name = strconv.AppendInt(append(name, '/'), int64(id), 10)
	}
	return syncList(string(name), filter, order)
}

// syncList names a list of syncs for its cursors; a nil order is that of the ids.
func syncList(which string, filter *SyncFilter, order *SyncOrder) listSum {
	name := "syncs/" + which
	if order != nil {
		name += "/" + string(order.Field) + "/" + string(order.Direction)
	}
	return sumOf([]byte(name + filter.name()))
}
