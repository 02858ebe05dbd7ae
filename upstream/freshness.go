package upstream

import (
	"strconv"
	"time"

	"census-gateway/internal/when"
	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// Anew returns a client that takes nothing from memory that was asked for before since, and
// joins no call that began before then. All clients share the pages that it reads. Each
// exchange needs leave; nil lets all pass.
func (c *Client) Anew(since time.Time, leave calls.Leave) *Client {
	again := *c
	again.since, again.asks, again.calls = since, leave != nil, c.calls.WithLeave(leave)
	return &again
}

// Doubt has clients of all tokens request again what may have changed of a sync: its list of
// runs, if they requested it before since, and its record and those of the runs given, if before
// now. Settled runs stay.
func (c *Client) Doubt(since time.Time, sync census.SyncID, runs ...census.SyncRunID) {
	now := time.Now().Add(1)                     // what was requested at this very moment is as doubtful
	keptFor := c.cache.syncsLife() + time.Minute // for calls under way
	c.cache.doubts.add(calls.ListSyncRuns, int64(sync), since, keptFor)
	c.cache.doubts.add(calls.FetchSync, int64(sync), now, keptFor)
	for _, run := range runs {
		c.cache.doubts.add(calls.FetchSyncRun, int64(run), now, keptFor)
	}
}

// from returns the time before which a request of e for id was too early for c; zero: none was.
func (c *Client) from(e calls.Endpoint, id int64) time.Time {
	return when.Later(c.since, c.cache.doubts.of(e, id))
}

// flight is the key of a call, which only clients share that ask alike. A call that
// began before its list or record came into doubt has another key.
func (c *Client) flight(e calls.Endpoint, id int64, query string) string {
	key := c.calls.Name() + e.Path(id) + query
	if c.asks { // others are not to wait for its leave
		key += " by leave"
	}
	from := c.from(e, id)
	if from.IsZero() {
		return key
	}
	return key + " " + strconv.FormatInt(from.UnixNano(), 36)
}

// drop removes what was kept of e and id after Census refused it. For a sync, that is its
// record and its runs.
func (c *Client) drop(e calls.Endpoint, id int64) {
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
		if c.shares() {
			c.cache.store.Drop(c.sharedKey("list", key))
			c.cache.store.Drop(c.sharedKey("record", key))
		}
	}
}
