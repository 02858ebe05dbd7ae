package upstream

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// syncChunk is the page size for syncs. Syncs are large: up to 48 KB each were seen, and pages
// of a hundred of those failed.
const syncChunk = 50

// fewSyncs is how many syncs are fetched one by one without first reading how long the list
// is.
const fewSyncs = 3

func (c *Client) syncList() list[census.Sync] {
	return list[census.Sync]{client: c, endpoint: calls.ListSyncs, most: syncChunk, size: c.notes.pageSize(calls.ListSyncs, syncChunk), decode: census.DecodePage[census.Sync], position: syncPosition,
		bare: func(y *census.Sync) census.Sync { return census.Sync{ID: y.ID, CreatedAt: y.CreatedAt} }, weight: (*census.Sync).Weight,
		write: census.Write[[]census.Sync], parse: census.Read[[]census.Sync]}
}

// Syncs answers windows of the syncs in creation order. It costs one call per 50 rows of a
// window, two where they straddle a page border. On V2, all syncs are read, at one call per
// 50, if the order of the list is unknown or Options.Groups is set.
func (c *Client) Syncs(ctx context.Context, windows ...paging.Window) ([]paging.Slice[census.Sync], error) {
	return c.windowsOf(ctx, windows)
}

// AllSyncs reads every sync, in no order. It costs one call per 50 syncs.
func (c *Client) AllSyncs(ctx context.Context) ([]census.Sync, error) { return c.servedSyncs(ctx) }

// Sync fetches one sync. It costs one call.
func (c *Client) Sync(ctx context.Context, id census.SyncID) (*census.Sync, error) {
	y, err := c.fetchSync(ctx, id)
	if err != nil || c.groups == nil {
		return y, err
	}
	found := map[census.SyncID]SyncResult{id: {Sync: y}}
	c.serveOnly(ctx, found)
	return found[id].Sync, found[id].Err
}

func (c *Client) fetchSync(ctx context.Context, id census.SyncID) (*census.Sync, error) {
	return readRecord(ctx, c, calls.FetchSync, int64(id), (*census.Sync).Weight, census.DecodeOne[census.Sync],
		func(y *census.Sync) error {
			if y.ID != id || y.CreatedAt == 0 {
				return fmt.Errorf("not the requested sync: sync %d, created %d", y.ID, y.CreatedAt)
			}
			return nil
		},
		func(*census.Sync) time.Duration { return c.syncList().life() })
}

// SyncKept is Sync from memory only. It returns false where that would take a call.
func (c *Client) SyncKept(ctx context.Context, id census.SyncID) (*census.Sync, bool) {
	if served, _ := c.servedKept(id); !served {
		return nil, false
	}
	return recallRecord[census.Sync](ctx, c, calls.FetchSync, int64(id))
}

// A SyncResult is a sync, or the reason why it could not be read.
type SyncResult struct {
	Sync *census.Sync
	Err  error
}

// SyncsByID reads many syncs. Those that are not in memory are listed or fetched one by one,
// whichever takes fewer calls; syncs missing from the list are fetched. Every id has a result,
// and one failure leaves the other syncs answered.
func (c *Client) SyncsByID(ctx context.Context, ids []census.SyncID) map[census.SyncID]SyncResult {
	found := make(map[census.SyncID]SyncResult, len(ids))
	missing := make(map[census.SyncID]bool)
	for _, id := range ids {
		if y, ok := recallRecord[census.Sync](ctx, c, calls.FetchSync, int64(id)); ok {
			found[id] = SyncResult{Sync: y}
		} else {
			missing[id] = true
		}
	}
	if c.shares() {
		c.borrowSyncs(ctx, found, missing)
	}
	if c.listingPays(len(missing)) {
		c.listInto(ctx, found, missing)
	}
	var mu sync.Mutex
	each(c.MaxCalls(), slices.Sorted(maps.Keys(missing)), func(id census.SyncID) {
		y, err := c.fetchSync(ctx, id)
		mu.Lock()
		found[id] = SyncResult{y, err}
		mu.Unlock()
	})
	c.serveOnly(ctx, found)
	return found
}

// listingPays reports whether reading the first page of the list is the right first step for n
// syncs.
func (c *Client) listingPays(n int) bool {
	total := int(c.notes.syncs.Load())
	if total == 0 {
		return n > fewSyncs
	}
	return pagesOf(total, c.syncList().size) < n
}

// listInto moves syncs of the workspace's list from missing to found. The first page shows how
// long the list is. If the list was read before and one page is unlikely to do, as many pages
// are read at once as there were then. listInto stops at an error, or when fetching the rest
// is cheaper.
func (c *Client) listInto(ctx context.Context, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	l := c.syncList()
	l.anyOrder = c.Version() == calls.V2
	read := func(from, to int) (total int, err error) {
		pages := make([]paging.Arrival[census.Sync], to-from)
		numbers := make([]int, to-from)
		for i := range numbers {
			numbers[i] = i
		}
		each(c.MaxCalls(), numbers, func(i int) {
			pages[i] = l.read(ctx, paging.Read{K: from + i, Size: l.size}, 0)
		})
		for _, p := range pages {
			if p.Err == nil {
				total = max(total, p.Total)
				c.takeSyncs(ctx, p.Rows, p.Sent, found, missing)
			}
		}
		return total, pages[0].Err
	}
	for {
		first := 1
		if known := int(c.notes.syncs.Load()); len(missing) > l.size/2 {
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
		c.notes.syncs.Store(int64(total))
		if pages := pagesOf(total, l.size); pages > first && pages-first < len(missing) {
			read(first, pages)
		}
		return
	}
}

// takeSyncs caches rows of the list, which was requested at sent, and moves missing ones to
// found.
func (c *Client) takeSyncs(ctx context.Context, rows []census.Sync, sent time.Time, found map[census.SyncID]SyncResult, missing map[census.SyncID]bool) {
	until := sent.Add(c.syncList().life())
	for i := range rows {
		y := &rows[i]
		if y.CreatedAt == 0 || y.ID <= 0 {
			continue
		}
		key, k := c.recordKey(calls.FetchSync, int64(y.ID)), keptRecord[census.Sync]{record: y, asked: sent, until: until}
		if keepRecord(c, key, k, (*census.Sync).Weight) {
			lendRecord(c, key, k)
		}
		if missing[y.ID] {
			found[y.ID] = SyncResult{Sync: y}
			delete(missing, y.ID)
		}
	}
	c.onRead(ctx, Read{Until: until, AsOf: sent})
}

// pagesOf returns how many pages of a size hold that many syncs.
func pagesOf(syncs, size int) int { return (syncs + size - 1) / size }
