package upstream

import (
	"context"
	"fmt"
	"slices"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// syncChunk is the page size for syncs. Syncs are large: up to 48 KB each were seen, and pages
// of a hundred of those failed.
const syncChunk = 50

func (c *Client) syncList() list[census.Sync] { return syncLists.of(c, 0) }

var syncLists = &listKind[census.Sync]{
	endpoint: calls.ListSyncs,
	maxSize:  syncChunk,
	decode:   census.DecodePage[census.Sync],
	position: syncPosition,
	stripped: func(y *census.Sync) census.Sync { return census.Sync{ID: y.ID, CreatedAt: y.CreatedAt} },
	weight:   (*census.Sync).Weight,
	write:    census.Write[[]census.Sync],
	parse:    census.Read[[]census.Sync],
}

func syncPosition(y *census.Sync) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(y.CreatedAt), ID: int64(y.ID)}
}

func (c *Client) fetchSync(ctx context.Context, id census.SyncID) (*census.Sync, error) {
	return readRecord(ctx, c, calls.FetchSync, int64(id), (*census.Sync).Weight, census.DecodeOne[census.Sync],
		func(y *census.Sync) error {
			if y.ID != id || y.CreatedAt == 0 {
				return fmt.Errorf("not the requested sync: sync %d, created %d", y.ID, y.CreatedAt)
			}
			return nil
		},
		func(*census.Sync) time.Duration { return c.cache.syncsLifetime() })
}

// allSyncs reads every sync that the token may see, in no order. Callers must not change the
// result.
func (c *Client) allSyncs(ctx context.Context) ([]census.Sync, error) {
	if c.Version() == calls.V1 {
		return c.syncList().all(ctx)
	}
	l := c.syncList()
	rows, err := readAll(ctx, l, wholeSyncs, func(y *census.Sync) string {
		if y.CreatedAt == 0 {
			return ""
		}
		return idText(int64(y.ID))
	})
	if err != nil {
		return nil, err
	}
	c.facts.syncs.Store(int64(len(rows)))
	until := int64(0)
	if slices.IsSortedFunc(rows, func(a, b census.Sync) int { return int(min(max(a.CreatedAt-b.CreatedAt, -1), 1)) }) {
		until = time.Now().Add(orderFor).UnixNano()
	}
	c.facts.ordered.Store(until)
	return rows, nil
}

// orderFor is how long V2's list of syncs is assumed to be in creation order. If a token sees
// several groups, V2 may list them group by group, which no single page reveals.
const orderFor = time.Hour

// inOrder reports whether to read a part of the syncs by pages of the list. If the whole list
// is one page, or is in memory, that is not worth it.
func (c *Client) inOrder() bool {
	if c.Version() == calls.V1 {
		return true
	}
	if c.facts.syncs.Load() <= syncChunk || time.Now().UnixNano() >= c.facts.ordered.Load() {
		return false
	}
	value, _ := c.cache.get(c.entryKey(wholeSyncs, 0))
	k, kept := value.(cachedRecord[[]census.Sync])
	return !kept || !time.Now().Before(k.until)
}

// outOfOrder reports whether err may mean that the list is not in creation order. If so, the
// order is no longer assumed.
func (c *Client) outOfOrder(err error) bool {
	if c.Version() == calls.V1 || !calls.IsKind(err, calls.BadResponse) {
		return false
	}
	c.facts.ordered.Store(0)
	return true
}
