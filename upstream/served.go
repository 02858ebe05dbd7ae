package upstream

import (
	"context"
	"errors"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// groupFor is how long the group of a sync is cached.
const groupFor = time.Minute

var errNotServed = errors.New("its group is not served")

// served reports which of syncs are in a served group. A sync of an unknown group is not
// served.
func (c *Client) served(ctx context.Context, syncs []*census.Sync) ([]bool, error) {
	keys, sides := c.GroupKeys(syncs)
	for _, side := range sides {
		if !side.Wanted() {
			continue
		}
		ends, err := c.Ends(ctx, side.Side)
		if err != nil {
			return nil, err
		}
		side.Take(ends)
	}
	served := make([]bool, len(syncs))
	now := time.Now()
	for i, y := range syncs {
		served[i] = keys[i] != "" && c.groups[keys[i]]
		cacheRecord(c, c.entryKey(groupOfSync, int64(y.ID)), cachedRecord[bool]{record: &served[i], requested: now, until: now.Add(groupFor)}, func(*bool) int { return 1 })
	}
	return served, nil
}

// cachedServed returns what the cache knows about whether a sync is served.
func (c *Client) cachedServed(id census.SyncID) (served, known bool) {
	if c.groups == nil {
		return true, true
	}
	value, ok := c.cache.get(c.entryKey(groupOfSync, int64(id)))
	k, _ := value.(cachedRecord[bool])
	if !ok || !time.Now().Before(k.until) {
		return false, false
	}
	return *k.record, true
}

// checkServed returns nil if sync id is served. Otherwise it returns the error that a call of e
// returns for a missing record. It costs a call for the sync, at most one a minute.
func (c *Client) checkServed(ctx context.Context, e calls.Endpoint, id int64, sync census.SyncID) error {
	served, known := c.cachedServed(sync)
	if !known {
		y, err := c.fetchSync(ctx, sync)
		if calls.IsKind(err, calls.NotFound) {
			return e.Missing(id, err)
		}
		if err != nil {
			return err
		}
		all, err := c.served(ctx, []*census.Sync{y})
		if err != nil {
			return err
		}
		served = all[0]
	}
	if !served {
		return e.Missing(id, errNotServed)
	}
	return nil
}

// allServedSyncs returns all served syncs, in no order. Callers must not change them.
func (c *Client) allServedSyncs(ctx context.Context) ([]census.Sync, error) {
	all, err := c.allSyncs(ctx)
	if err != nil || c.groups == nil {
		return all, err
	}
	pointers := make([]*census.Sync, len(all))
	for i := range all {
		pointers[i] = &all[i]
	}
	served, err := c.served(ctx, pointers)
	if err != nil {
		return nil, err
	}
	rows := make([]census.Sync, 0, len(all))
	for i := range all {
		if served[i] {
			rows = append(rows, all[i])
		}
	}
	return rows, nil
}
