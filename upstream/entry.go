package upstream

import (
	"time"

	"census-gateway/upstream/calls"
)

// A cacheKey names an entry. A shelf holds the entries of one token: see standing.
type cacheKey struct {
	shelf    int64
	endpoint calls.Endpoint
	id       int64 // of the sync or run; 0: the list of syncs
	epoch    int64 // of a list's chunk; otherwise 0
	k        int   // number of the chunk; -1: the newest rows; -2: whether its totals are wrong; otherwise 0
}

// Endpoints of cache keys that Census does not have.
const (
	wholeSyncs  calls.Endpoint = calls.ListSyncs + "*" // all syncs, read in no order
	groupOfSync calls.Endpoint = calls.FetchSync + "*" // whether a sync is in a served group
)

// An entry is what is cached under a cacheKey.
type entry struct {
	value any
	bytes int
	until time.Time // when it expires; zero: it does not
}

const entryWeight = 256 // bytes of an entry beside its rows
