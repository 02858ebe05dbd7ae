package graph

import (
	"context"
	"slices"
	"strconv"

	"census-gateway/graph/exec"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// defaultSyncOrder is the default order of the workspace's syncs.
var defaultSyncOrder = SyncOrder{Field: SyncOrderFieldCreatedAt, Direction: OrderDirectionDesc}

// resolveSyncs returns a page of the syncs with the given ids, or of all syncs of the workspace.
func resolveSyncs(ctx context.Context, ids []string, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) exec.Later[*SyncConnection] {
	if err := filter.check(); err != nil {
		return exec.Value[*SyncConnection](nil, err)
	}
	if ids == nil {
		return allSyncsPage(ctx, filter, orderBy, page)
	}
	return syncsByID(ctx, ids, filter, orderBy, page)
}

// allSyncsPage returns a page of all syncs of the workspace.
func allSyncsPage(ctx context.Context, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) exec.Later[*SyncConnection] {
	order := defaultSyncOrder
	if orderBy != nil {
		order = *orderBy
	}
	list := syncList("all", filter, &order)
	l := loadersOf(ctx)
	// Census does not know the order or the filter, so all syncs are read.
	if order.Field != SyncOrderFieldCreatedAt || !filter.matchesEverything() {
		if _, err := page.pageOf(nil, list, order, defaultPage); err != nil {
			return exec.Value[*SyncConnection](nil, err)
		}
		all, prepared := l.allSyncs.load(struct{}{}), filter.prepare(l)
		return exec.Then(func() exec.Later[*SyncConnection] {
			rows, err := all.Get()
			if err != nil {
				return exec.Value[*SyncConnection](nil, err)
			}
			return filteredSyncs(ctx, l.syncsOfRecords(rows), list, prepared, &order, page, defaultPage)
		})
	}
	newestFirst := order.Direction == OrderDirectionDesc
	w, err := page.window(list, newestFirst)
	if err != nil {
		return exec.Value[*SyncConnection](nil, err)
	}
	return exec.After(l.syncWindows.load(w), func(slice paging.Slice[census.Sync]) (*SyncConnection, error) {
		syncs := l.syncsOfRecords(slice.Rows)
		info := pageInfo(w, slice, newestFirst)
		c := &SyncConnection{syncs: syncs, list: list, order: order, page: page, first: slice.First, step: 1, open: slice.OpenPlace(w),
			next: info.HasNextPage, prev: info.HasPreviousPage, total: slice.Total}
		if newestFirst {
			slices.Reverse(syncs)
			c.first, c.step = slice.End()-1, -1
		}
		return c, nil
	})
}

// filteredSyncs returns a page of the syncs that pass a filter, in an order; nil keeps their order.
// Their records must have been read.
func filteredSyncs(ctx context.Context, syncs []*Sync, list listSum, prepared preparedFilter, order *SyncOrder, page pageArgs, defaultLimit int) exec.Later[*SyncConnection] {
	return exec.Bind(loadersOf(ctx).inGroups(syncs, prepared.filter.groupKeys()), func(syncs []*Sync) exec.Later[*SyncConnection] {
		return filteredSyncsOfGroups(ctx, syncs, list, prepared, order, page, defaultLimit)
	})
}

// filteredSyncsOfGroups is filteredSyncs for syncs that have passed the filter's groups.
func filteredSyncsOfGroups(ctx context.Context, syncs []*Sync, list listSum, prepared preparedFilter, order *SyncOrder, page pageArgs, defaultLimit int) exec.Later[*SyncConnection] {
	syncs, failed, err := prepared.filterByRecord(syncs)
	if err != nil {
		return exec.Value[*SyncConnection](nil, err)
	}
	show := func() (*SyncConnection, error) {
		var o SyncOrder
		if order != nil {
			o = *order
			o.sort(syncs)
		}
		shown, err := page.pageOf(syncs, list, o, defaultLimit)
		if err != nil {
			return nil, err
		}
		if len(failed) > 0 {
			return shown.connection(syncs, list, o, page), exec.Beside(failed)
		}
		return shown.connection(syncs, list, o, page), nil
	}
	if !prepared.filter.needsHealth() && (order == nil || order.Field != SyncOrderFieldHealth) {
		return exec.Value(show())
	}
	return exec.Map(evaluateHealth(ctx, syncs), func([]healthResult, error) (*SyncConnection, error) {
		var unknown []error
		syncs, unknown = prepared.filterByHealth(syncs)
		failed = append(failed, unknown...)
		return show()
	})
}

// syncsByID returns a page of the syncs with the given ids, without duplicates. Without an
// order, they stay in the order of ids.
func syncsByID(ctx context.Context, ids []string, filter *SyncFilter, orderBy *SyncOrder, page pageArgs) exec.Later[*SyncConnection] {
	syncs, err := syncsWithIDs("ids", ids)
	if err != nil {
		return exec.Value[*SyncConnection](nil, err)
	}
	list := syncsByIDList(syncs, filter, orderBy)
	var order SyncOrder
	if orderBy != nil {
		order = *orderBy
	}
	shown, err := page.pageOf(syncs, list, order, len(syncs))
	if err != nil {
		return exec.Value[*SyncConnection](nil, err)
	}
	if orderBy == nil && filter.matchesEverything() {
		return exec.Value(shown.connection(syncs, list, order, page), nil)
	}
	got := make([]func(), len(syncs))
	for i, s := range syncs {
		got[i] = s.requestRecord(ctx)
	}
	prepared := filter.prepare(loadersOf(ctx))
	return exec.Then(func() exec.Later[*SyncConnection] {
		for _, record := range got {
			record()
		}
		return filteredSyncs(ctx, syncs, list, prepared, orderBy, page, len(syncs))
	})
}

// syncsByIDList returns the checksum of a list of syncs that were named by ids. If there is an
// order, the order of the ids does not matter.
func syncsByIDList(syncs []*Sync, filter *SyncFilter, order *SyncOrder) listSum {
	ids := make([]census.SyncID, len(syncs))
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

// syncList returns the checksum of a list of syncs; a nil order is that of the ids.
func syncList(which string, filter *SyncFilter, order *SyncOrder) listSum {
	name := "syncs/" + which
	if order != nil {
		name += "/" + string(order.Field) + "/" + string(order.Direction)
	}
	return listSumOf([]byte(name + filter.listName()))
}
