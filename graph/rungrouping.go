package graph

import (
	"strconv"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// A runGroupKey identifies a group. The zero key is for runs for which Census reports no value.
type runGroupKey struct {
	text string
	rest bool
}

// A runGrouping divides the runs of many syncs into groups.
type runGrouping struct {
	by          SyncRunGroupBy
	order       SyncRunGroupOrder
	connections *upstream.Ends
	groupKeys   map[*Sync]string   // keys of the V2 groups of syncs, if runs are grouped by them
	groupNames  map[string]*string // of these groups
	groups      map[runGroupKey]*SyncRunStatsGroup
	failed      exec.Beside
}

func (g *runGrouping) needsRecords() bool {
	switch g.by {
	case SyncRunGroupByTrigger, SyncRunGroupByFullSync:
		return false
	case SyncRunGroupBySync:
		return g.order == SyncRunGroupOrderLabel
	}
	return true
}

// requestConnections requests the connections that the groups or their order need; nil if they need
// none.
func (g *runGrouping) requestConnections(l *loaders) *loadedValue[upstream.Side, *upstream.Ends] {
	switch {
	case g.by == SyncRunGroupByDestinationType, g.by == SyncRunGroupByDestination && g.order == SyncRunGroupOrderLabel:
		return l.connections.load(upstream.Destinations)
	case g.by == SyncRunGroupBySource && g.order == SyncRunGroupOrderLabel:
		return l.connections.load(upstream.Sources)
	}
	return nil
}

// groupOfRuns returns the group for some runs of a sync, without the runs.
func (g *runGrouping) groupOfRuns(sync *Sync, kind stats.Kind) (key runGroupKey, group SyncRunStatsGroup) {
	record := sync.record
	if record == nil {
		record = new(census.Sync)
	}
	switch g.by {
	case SyncRunGroupBySync:
		key.text, group.Sync, group.label = syncType+":"+strconv.FormatInt(int64(sync.ID), 10), sync, record.Label
	case SyncRunGroupByDestination:
		key.text, group.destination = destinationKey(&record.Destination), &record.Destination
	case SyncRunGroupBySource:
		key.text, group.source = numberText(record.Source.ConnectionID), &record.Source
	case SyncRunGroupByDestinationType:
		_, group.label = g.connections.Destination(&record.Destination)
		key.text = textOf(group.label)
	case SyncRunGroupByDestinationObject:
		if group.label = record.Destination.Object; group.label != nil {
			key.text = destinationKey(&record.Destination) + "/" + *group.label
		}
	case SyncRunGroupByOperation:
		group.label = record.Operation
		key.text = textOf(group.label)
	case SyncRunGroupByTrigger:
		if key = (runGroupKey{kind.Tag, kind.Rest}); kind.Tag != "" {
			group.label = &kind.Tag
		}
	case SyncRunGroupByFullSync:
		key.text = strconv.FormatBool(kind.Full)
		label := map[bool]string{true: "full syncs", false: "other runs"}[kind.Full]
		group.label = &label
	case SyncRunGroupByGroup:
		key.text, group.label = g.groupKeys[sync], g.groupNames[g.groupKeys[sync]]
	}
	switch {
	case g.connections == nil:
	case group.destination != nil:
		group.label, _ = g.connections.Destination(group.destination)
	case group.source != nil:
		group.label, _ = g.connections.Source(group.source)
	}
	if !key.rest {
		group.Key = &key.text
	}
	return key, group
}

// setGroups stores the V2 groups of the syncs of bySync, by their keys.
func (g *runGrouping) setGroups(bySync []syncSubsets, keys []string, named []*Group) {
	g.groupKeys, g.groupNames = map[*Sync]string{}, map[string]*string{}
	for i, p := range bySync {
		g.groupKeys[p.sync] = keys[i]
	}
	for _, group := range named {
		g.groupNames[group.Key] = group.Name
	}
}

// destinationKey returns the key of a destination: its number or, on V2, its activation if it has
// no number. It returns "" if Census sends neither.
func destinationKey(d *census.SyncDestination) string {
	if d.ConnectionID == nil && d.ActivationID != nil {
		return *d.ActivationID
	}
	return numberText(d.ConnectionID)
}

func numberText(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func textOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
