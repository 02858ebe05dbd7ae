package upstream

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A SyncResult is a sync, or the reason why it could not be read.
type SyncResult struct {
	Sync *census.Sync
	Err  error
}

// maxSingleSyncs is how many syncs are fetched one by one without first reading how long the list
// is.
const maxSingleSyncs = 3

// SyncsByID reads many syncs. Those that are not in memory are listed or fetched one by one,
// whichever takes fewer calls; syncs missing from the list are fetched. Every id has a result,
// and one failure leaves the other syncs answered.
func (c *Client) SyncsByID(ctx context.Context, ids []census.SyncID) map[census.SyncID]SyncResult {
	found := make(map[census.SyncID]SyncResult, len(ids))
	missing := make(map[census.SyncID]bool)
	for _, id := range ids {
		if y, ok := freshRecord[census.Sync](ctx, c, calls.FetchSync, int64(id)); ok {
			found[id] = SyncResult{Sync: y}
		} else {
			missing[id] = true
		}
	}
	if c.hasStore() {
		c.borrowSyncs(ctx, found, missing)
	}
	if c.listIsCheaper(len(missing)) {
		c.listMissing(ctx, found, missing)
	}
	var mu sync.Mutex
	parallel(c.MaxCalls(), slices.Sorted(maps.Keys(missing)), func(id census.SyncID) {
		y, err := c.fetchSync(ctx, id)
		mu.Lock()
		found[id] = SyncResult{y, err}
		mu.Unlock()
	})
	c.hideUnserved(ctx, found)
	return found
}

// borrowSyncs moves syncs that another gateway has read from missing to found.
func (c *Client) borrowSyncs(ctx context.Context, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	var mu sync.Mutex
	parallel(c.MaxCalls(), slices.Collect(maps.Keys(missing)), func(id census.SyncID) {
		key := c.entryKey(calls.FetchSync, int64(id))
		k, ok := borrowRecord[census.Sync](c, key)
		if !ok {
			return
		}
		cacheRecord(c, key, k, (*census.Sync).Weight)
		c.onRead(ctx, ReadReport{Cached: true, Until: k.until, AsOf: k.requested})
		mu.Lock()
		defer mu.Unlock()
		found[id] = SyncResult{Sync: k.record}
		delete(missing, id)
	})
}

// listIsCheaper reports whether reading the first page of the list is the right first step for n
// syncs.
func (c *Client) listIsCheaper(n int) bool {
	total := int(c.facts.syncs.Load())
	if total == 0 {
		return n > maxSingleSyncs
	}
	return pagesOf(total, c.syncList().size) < n
}

// listMissing moves syncs of the workspace's list from missing to found. The first page shows how
// long the list is. If the list was read before and one page is unlikely to do, as many pages
// are read at once as there were then. listMissing stops at an error, or when fetching the rest
// is cheaper.
func (c *Client) listMissing(ctx context.Context, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	l := c.syncList()
	l.anyOrder = c.Version() == calls.V2
	read := func(from, to int) (total int, err error) {
		pages := make([]paging.Arrival[census.Sync], to-from)
		numbers := make([]int, to-from)
		for i := range numbers {
			numbers[i] = i
		}
		parallel(c.MaxCalls(), numbers, func(i int) {
			pages[i] = l.read(ctx, paging.Read{K: from + i, Size: l.size}, 0)
		})
		for _, p := range pages {
			if p.Err == nil {
				total = max(total, p.Total)
				c.cacheListed(ctx, p.Rows, p.Sent, found, missing)
			}
		}
		return total, pages[0].Err
	}
	for {
		first := 1
		if known := int(c.facts.syncs.Load()); len(missing) > l.size/2 {
			first = max(pagesOf(known, l.size), 1)
		}
		total, err := read(0, first)
		if smaller, ok := l.resized(err); ok {
			l = smaller
			continue
		}
		if err != nil {
			return
		}
		c.facts.syncs.Store(int64(total))
		if pages := pagesOf(total, l.size); pages > first && pages-first < len(missing) {
			read(first, pages)
		}
		return
	}
}

// cacheListed caches rows of the list, which was requested at sent, and moves missing ones to
// found.
func (c *Client) cacheListed(ctx context.Context, rows []census.Sync, sent time.Time, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	until := sent.Add(c.cache.syncsLifetime())
	for i := range rows {
		y := &rows[i]
		if y.CreatedAt == 0 || y.ID <= 0 {
			continue
		}
		key, k := c.entryKey(calls.FetchSync, int64(y.ID)), cachedRecord[census.Sync]{record: y, requested: sent, until: until}
		if cacheRecord(c, key, k, (*census.Sync).Weight) {
			lendRecord(c, key, k)
		}
		if missing[y.ID] {
			found[y.ID] = SyncResult{Sync: y}
			delete(missing, y.ID)
		}
	}
	c.onRead(ctx, ReadReport{Until: until, AsOf: sent})
}

// hideUnserved replaces syncs that are not served by an error.
func (c *Client) hideUnserved(ctx context.Context, found map[census.SyncID]SyncResult) {
	if c.groups == nil {
		return
	}
	var syncs []*census.Sync
	for _, r := range found {
		if r.Sync != nil {
			syncs = append(syncs, r.Sync)
		}
	}
	served, err := c.served(ctx, syncs)
	for i, y := range syncs {
		if err != nil || !served[i] {
			found[y.ID] = SyncResult{Err: cmp.Or(err, error(calls.FetchSync.Missing(int64(y.ID), errNotServed)))}
		}
	}
}
