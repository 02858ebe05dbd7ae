package upstream

import (
	"context"
	"slices"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// orderFor is how long V2's list of syncs is assumed to be in creation order. If a token sees
// several groups, V2 may list them group by group, which no single page reveals.
const orderFor = time.Hour

// wholeSyncs is the cache key of all syncs where they were read in no order.
const wholeSyncs calls.Endpoint = calls.ListSyncs + "*"

// windowsOf answers windows of the served syncs. If the order of the list is unknown, or if it
// contains syncs that are not served, all syncs are read. That costs one call per 50.
func (c *Client) windowsOf(ctx context.Context, windows []paging.Window) ([]paging.Slice[census.Sync], error) {
	if c.groups == nil && c.inOrder() {
		answers, err := c.syncList().slices(ctx, windows)
		if !c.disorder(err) {
			return answers, err
		}
	}
	all, err := c.servedSyncs(ctx)
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

// inOrder reports whether to read a part of the syncs by pages of the list. If the whole list
// is one page, or is in memory, that is not worth it.
func (c *Client) inOrder() bool {
	if c.Version() == calls.V1 {
		return true
	}
	if c.notes.syncs.Load() <= syncChunk || time.Now().UnixNano() >= c.notes.ordered.Load() {
		return false
	}
	value, _ := c.cache.get(c.recordKey(wholeSyncs, 0))
	k, kept := value.(keptRecord[[]census.Sync])
	return !kept || !time.Now().Before(k.until)
}

// disorder reports whether err may mean that the list is not in creation order. If so, the
// order is no longer assumed.
func (c *Client) disorder(err error) bool {
	if c.Version() == calls.V1 || !calls.IsKind(err, calls.BadResponse) {
		return false
	}
	c.notes.ordered.Store(0)
	return true
}

// allSyncs reads every sync that the token may see, in no order. Callers must not change the
// result.
func (c *Client) allSyncs(ctx context.Context) ([]census.Sync, error) {
	if c.Version() == calls.V1 {
		return c.syncList().all(ctx)
	}
	l := c.syncList()
	rows, err := readWhole(ctx, l, wholeSyncs, func(y *census.Sync) string {
		if y.CreatedAt == 0 {
			return ""
		}
		return idText(int64(y.ID))
	})
	if err != nil {
		return nil, err
	}
	c.notes.syncs.Store(int64(len(rows)))
	until := int64(0)
	if slices.IsSortedFunc(rows, func(a, b census.Sync) int { return int(min(max(a.CreatedAt-b.CreatedAt, -1), 1)) }) {
		until = time.Now().Add(orderFor).UnixNano()
	}
	c.notes.ordered.Store(until)
	return rows, nil
}
