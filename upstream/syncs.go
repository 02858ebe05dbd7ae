package upstream

import (
	"context"
	"slices"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// Syncs answers windows of the syncs in creation order. It costs one call per 50 rows of a
// window, two where they straddle a page border. On V2, all syncs are read, at one call per
// 50, if the order of the list is unknown or Options.Groups is set.
func (c *Client) Syncs(ctx context.Context, windows ...paging.Window) ([]paging.Slice[census.Sync], error) {
	if c.groups == nil && c.inOrder() {
		answers, err := c.syncList().slices(ctx, windows)
		if !c.outOfOrder(err) {
			return answers, err
		}
	}
	all, err := c.allServedSyncs(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b census.Sync) int { return syncPosition(&a).Compare(syncPosition(&b)) })
	answers := make([]paging.Slice[census.Sync], len(windows))
	for i, w := range windows {
		answers[i] = paging.CutWhole(all, w, syncPosition)
	}
	return answers, nil
}

// AllSyncs reads every sync, in no order. It costs one call per 50 syncs.
func (c *Client) AllSyncs(ctx context.Context) ([]census.Sync, error) { return c.allServedSyncs(ctx) }

// Sync fetches one sync. It costs one call.
func (c *Client) Sync(ctx context.Context, id census.SyncID) (*census.Sync, error) {
	y, err := c.fetchSync(ctx, id)
	if err != nil || c.groups == nil {
		return y, err
	}
	found := map[census.SyncID]SyncResult{id: {Sync: y}}
	c.hideUnserved(ctx, found)
	return found[id].Sync, found[id].Err
}

// CachedSync is Sync from memory only. It returns false where that would take a call.
func (c *Client) CachedSync(ctx context.Context, id census.SyncID) (*census.Sync, bool) {
	if served, _ := c.cachedServed(id); !served {
		return nil, false
	}
	return freshRecord[census.Sync](ctx, c, calls.FetchSync, int64(id))
}
