package graph

import (
	"cmp"
	"context"
	"slices"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
)

// runGroups returns the runs of s in groups. It requests the records of syncs, and connections,
// if the groups need them.
func (r *Resolver) runGroups(ctx context.Context, s *SyncRunStats, by SyncRunGroupBy, order SyncRunGroupOrder, first int) exec.Later[[]*SyncRunStatsGroup] {
	if err := checkGroupLimit(first); err != nil {
		return exec.Value[[]*SyncRunStatsGroup](nil, err)
	}
	if len(s.bySync) == 0 {
		return exec.Value[[]*SyncRunStatsGroup](nil, nil)
	}
	g := runGrouping{by: by, order: order, groups: map[runGroupKey]*SyncRunStatsGroup{}}
	var got []func()
	if g.needsRecords() {
		for _, p := range s.bySync {
			got = append(got, p.sync.requestRecord(ctx))
		}
	}
	l := loadersOf(ctx)
	connections := g.requestConnections(l)
	return exec.Then(func() exec.Later[[]*SyncRunStatsGroup] {
		for _, record := range got {
			record()
		}
		if connections != nil {
			var err error
			if g.connections, err = connections.Get(); err != nil {
				return exec.Value[[]*SyncRunStatsGroup](nil, err)
			}
		}
		if by != SyncRunGroupByGroup {
			return g.groupsOf(s.bySync, first)
		}
		records := make([]*census.Sync, len(s.bySync))
		for i, p := range s.bySync {
			records[i] = p.sync.record
		}
		return exec.Bind(l.groupKeysOf(records), func(keys []string) exec.Later[[]*SyncRunStatsGroup] {
			return exec.Bind(r.groups(ctx), func(named []*Group) exec.Later[[]*SyncRunStatsGroup] {
				g.setGroups(s.bySync, keys, named)
				return g.groupsOf(s.bySync, first)
			})
		})
	})
}

// addSync adds the runs of a sync. If its record cannot be read, they go into the group with the
// zero key.
func (g *runGrouping) addSync(p *syncSubsets) {
	if g.needsRecords() && p.sync.record == nil {
		g.failed = append(g.failed, p.sync.err)
	}
	for kind, runs := range p.runs {
		key, group := g.groupOfRuns(p.sync, kind)
		if g.groups[key] == nil {
			group.by, group.Stats = g.by, new(stats.Subset)
			g.groups[key] = &group
		}
		g.groups[key].Stats.Merge(runs)
	}
}

// firstGroups orders the groups and combines all but the first ones.
func (g *runGrouping) firstGroups(first int) []*SyncRunStatsGroup {
	rest := g.groups[runGroupKey{rest: true}]
	delete(g.groups, runGroupKey{rest: true})
	type placed struct {
		*SyncRunStatsGroup
		total, by float64
		label     string
	}
	all := make([]placed, 0, len(g.groups))
	for _, group := range g.groups {
		p := placed{SyncRunStatsGroup: group, total: float64(group.Stats.TotalRuns())}
		switch g.order {
		case SyncRunGroupOrderFailed:
			p.by = float64(group.Stats.Count([]census.SyncRunOutcome{census.OutcomeFailed}))
		case SyncRunGroupOrderRecordsFailed:
			p.by = float64(group.Stats.Records().Failed)
		case SyncRunGroupOrderDurationP95:
			if p.by = -1; group.Stats.Durations() != nil {
				p.by = group.Stats.Durations().P95
			}
		case SyncRunGroupOrderLabel:
			p.label = foldCase(textOf(group.label))
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b placed) int {
		if (a.label == "") != (b.label == "") {
			return cmp.Compare(b.label, a.label)
		}
		return cmp.Or(cmp.Compare(b.by, a.by), cmp.Compare(a.label, b.label), cmp.Compare(b.total, a.total), cmp.Compare(*a.Key, *b.Key))
	})
	groups := make([]*SyncRunStatsGroup, 0, min(len(all), first)+1)
	for i, p := range all {
		if i < first {
			groups = append(groups, p.SyncRunStatsGroup)
			continue
		}
		if rest == nil {
			rest = &SyncRunStatsGroup{by: g.by, Stats: new(stats.Subset)}
		}
		rest.Stats.Merge(p.Stats)
	}
	if rest != nil {
		groups = append(groups, rest)
	}
	return groups
}

// groupsOf returns the groups of bySync. Their records and connections must have been read.
func (g *runGrouping) groupsOf(bySync []syncSubsets, first int) exec.Later[[]*SyncRunStatsGroup] {
	for i := range bySync {
		g.addSync(&bySync[i])
	}
	groups := g.firstGroups(first)
	if len(g.failed) > 0 {
		return exec.Value(groups, g.failed)
	}
	return exec.Value(groups, nil)
}
