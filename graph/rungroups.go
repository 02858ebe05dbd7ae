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
	if err := checkGroups(first); err != nil {
		return exec.Value[[]*SyncRunStatsGroup](nil, err)
	}
	if len(s.parts) == 0 {
		return exec.Value[[]*SyncRunStatsGroup](nil, nil)
	}
	g := grouping{by: by, order: order, groups: map[groupKey]*SyncRunStatsGroup{}}
	var got []func()
	if g.needsRecords() {
		for _, p := range s.parts {
			got = append(got, p.sync.ask(ctx))
		}
	}
	l := loadersOf(ctx)
	connections := g.askConnections(l)
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
			return g.of(s.parts, first)
		}
		records := make([]*census.Sync, len(s.parts))
		for i, p := range s.parts {
			records[i] = p.sync.record
		}
		return exec.Bind(l.groupKeysOf(records), func(keys []string) exec.Later[[]*SyncRunStatsGroup] {
			return exec.Bind(r.groups(ctx), func(named []*Group) exec.Later[[]*SyncRunStatsGroup] {
				g.nameGroups(s.parts, keys, named)
				return g.of(s.parts, first)
			})
		})
	})
}

// add adds the runs of a sync. If its record cannot be read, they go into the group with the zero
// key.
func (g *grouping) add(p *statsPart) {
	if g.needsRecords() && p.sync.record == nil {
		g.failed = append(g.failed, p.sync.err)
	}
	for kind, runs := range p.runs {
		key, group := g.groupOf(p.sync, kind)
		if g.groups[key] == nil {
			group.by, group.Stats = g.by, new(stats.Subset)
			g.groups[key] = &group
		}
		g.groups[key].Stats.Merge(runs)
	}
}

// cut orders the groups and combines all but the first ones.
func (g *grouping) cut(first int) []*SyncRunStatsGroup {
	rest := g.groups[groupKey{rest: true}]
	delete(g.groups, groupKey{rest: true})
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

// of returns the groups of parts. Their records and connections must have been read.
func (g *grouping) of(parts []statsPart, first int) exec.Later[[]*SyncRunStatsGroup] {
	for i := range parts {
		g.add(&parts[i])
	}
	groups := g.cut(first)
	if len(g.failed) > 0 {
		return exec.Value(groups, g.failed)
	}
	return exec.Value(groups, nil)
}
