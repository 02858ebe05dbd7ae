package upstream

import (
	"strconv"
	"time"

	"census-gateway/internal/when"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// FreshSince returns a client that uses nothing that was requested before since: neither cached
// data nor calls under way. All clients share the pages that it reads. Each exchange needs a
// permit; nil allows all.
func (c *Client) FreshSince(since time.Time, permit calls.Permit) *Client {
	fresh := *c
	fresh.since, fresh.needsPermit, fresh.calls = since, permit != nil, c.calls.WithPermit(permit)
	return &fresh
}

// Invalidate makes clients of all tokens request again what may have changed of a sync: its list
// of runs, if they requested it before since, and its record and those of the runs given, if
// before now. Settled runs stay.
func (c *Client) Invalidate(since time.Time, sync census.SyncID, runs ...census.SyncRunID) {
	now := time.Now().Add(1)                         // what was requested at this very moment is invalid too
	keptFor := c.cache.syncsLifetime() + time.Minute // for calls under way
	c.cache.invalidations.add(calls.ListSyncRuns, int64(sync), since, keptFor)
	c.cache.invalidations.add(calls.FetchSync, int64(sync), now, keptFor)
	for _, run := range runs {
		c.cache.invalidations.add(calls.FetchSyncRun, int64(run), now, keptFor)
	}
}

// notBefore returns the time before which a request of e for id was too early for c; zero: none
// was.
func (c *Client) notBefore(e calls.Endpoint, id int64) time.Time {
	return when.Later(c.since, c.cache.invalidations.notBefore(e, id))
}

// flightKey names a call. Equal requests share it. A call that began before its list or record
// was invalidated has another key.
func (c *Client) flightKey(e calls.Endpoint, id int64, query string) string {
	key := c.calls.Tenant() + e.Path(id) + query
	if c.needsPermit { // others must not wait for its permit
		key += " by permit"
	}
	from := c.notBefore(e, id)
	if from.IsZero() {
		return key
	}
	return key + " " + strconv.FormatInt(from.UnixNano(), 36)
}

// dropRefused removes what is cached of e and id after Census refused it. For a sync, that is its
// record and its runs.
func (c *Client) dropRefused(e calls.Endpoint, id int64) {
	c.cache.mu.Lock()
	defer c.cache.mu.Unlock()
	about := []calls.Endpoint{e}
	switch e {
	case calls.ListSyncs:
		about = append(about, wholeSyncs)
	case calls.FetchSync:
		about = append(about, calls.ListSyncRuns)
	case calls.ListSyncRuns:
		about = append(about, calls.FetchSync)
	}
	for _, e := range about {
		key := c.entryKey(e, id)
		c.cache.drop(key)
		if c.hasStore() {
			c.cache.store.Drop(c.sharedKey("list", key))
			c.cache.store.Drop(c.sharedKey("record", key))
		}
	}
}
