package upstream

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// A Group of V2 holds sources, and so the syncs that read from them. Census has no list of
// groups.
type Group struct {
	Key     string   // Census's id of the group, a word
	Sources []string // names of its sources, sorted
}

// Groups returns the served groups of the sources of V2, in order of their keys.
func (c *Client) Groups(sources *Ends) []Group {
	if c.groups == nil {
		return sources.groups()
	}
	return slices.DeleteFunc(slices.Clone(sources.groups()), func(g Group) bool { return !c.groups[g.Key] })
}

// Group returns the group of a key; without sources if no source is in it.
func (e *Ends) Group(key string) Group {
	for _, g := range e.groups() {
		if g.Key == key {
			return g
		}
	}
	return Group{Key: key}
}

func groupsOf(sources map[int64]census.Connection) []Group {
	byKey := map[string][]string{}
	for _, s := range sources {
		if key := deref(s.GroupID); key != "" {
			byKey[key] = append(byKey[key], deref(s.Name))
		}
	}
	groups := make([]Group, 0, len(byKey))
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		groups = append(groups, Group{key, slices.Sorted(slices.Values(byKey[key]))})
	}
	return groups
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// GroupKeys returns the keys of the groups of syncs that the syncs themselves name; the others
// are "", also where a sync is nil. sides are the sides whose ends may complete keys, in the
// order to try them. V1 has no groups.
func (c *Client) GroupKeys(syncs []*census.Sync) (keys []string, sides []GroupSide) {
	keys = make([]string, len(syncs))
	if c.Version() == calls.V1 {
		return keys, nil
	}
	for i, y := range syncs {
		if y != nil {
			keys[i] = deref(y.GroupID)
		}
	}
	return keys, []GroupSide{{Sources, syncs, keys}, {Destinations, syncs, keys}}
}

// A GroupSide finds groups of syncs by the ends of one side.
type GroupSide struct {
	Side  Side
	syncs []*census.Sync
	keys  []string
}

func (g GroupSide) may(i int) bool {
	y := g.syncs[i]
	return y != nil && g.keys[i] == "" && (g.Side == Destinations || y.Source.ConnectionID != nil)
}

// Wanted reports whether the ends may show a group that is still unknown.
func (g GroupSide) Wanted() bool {
	for i := range g.syncs {
		if g.may(i) {
			return true
		}
	}
	return false
}

// Take sets the keys that the ends show.
func (g GroupSide) Take(ends *Ends) {
	for i, y := range g.syncs {
		if !g.may(i) {
			continue
		}
		if g.Side == Sources {
			g.keys[i] = deref(ends.byID[*y.Source.ConnectionID].GroupID)
		} else if a := ends.activations.Named(&y.Destination); a != nil {
			g.keys[i] = deref(a.GroupID)
		}
	}
}

// groupFor is how long the group of a sync is cached.
const groupFor = time.Minute

// groupOfSync is the cache key of a sync's group.
const groupOfSync calls.Endpoint = calls.FetchSync + "*"

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
		keepRecord(c, c.recordKey(groupOfSync, int64(y.ID)), keptRecord[bool]{record: &served[i], asked: now, until: now.Add(groupFor)}, func(*bool) int { return 1 })
	}
	return served, nil
}

// servedKept returns what the cache knows about whether a sync is served.
func (c *Client) servedKept(id census.SyncID) (served, known bool) {
	if c.groups == nil {
		return true, true
	}
	value, ok := c.cache.get(c.recordKey(groupOfSync, int64(id)))
	k, _ := value.(keptRecord[bool])
	if !ok || !time.Now().Before(k.until) {
		return false, false
	}
	return *k.record, true
}

// mayShow returns nil if sync id is served. Otherwise it returns the error that a call of e
// returns for a missing record. It costs a call for the sync, at most one a minute.
func (c *Client) mayShow(ctx context.Context, e calls.Endpoint, id int64, sync census.SyncID) error {
	served, known := c.servedKept(sync)
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

// servedSyncs returns all served syncs, in no order. Callers must not change them.
func (c *Client) servedSyncs(ctx context.Context) ([]census.Sync, error) {
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

// serveOnly replaces syncs that are not served by an error.
func (c *Client) serveOnly(ctx context.Context, found map[census.SyncID]SyncResult) {
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
