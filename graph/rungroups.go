package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
)

const (
	defaultGroups = 20
	maxGroups     = 200
)

// A statsPart is the runs of one sync, kept apart for groups.
type statsPart struct {
	sync *Sync
	runs map[stats.Kind]*stats.Subset
}

// A SyncRunStatsGroup is some of the runs of a statistic.
type SyncRunStatsGroup struct {
	Key   *string // nil: of all groups that are left over
	Sync  *Sync   // nil unless they are grouped by syncs
	Stats *stats.Subset

	by          SyncRunGroupBy
	destination *census.SyncDestination // that has the label; nil: none
	source      *census.SyncSource      // the same
	label       *string                 // if there is no connection and no sync
}

func checkGroups(first int) error {
	if first < 1 || first > maxGroups {
		return badInput("first must be from 1 to %d, got %d", maxGroups, first)
	}
	return nil
}

// addSplit has the runs of s kept apart as the field f, if it is groups, needs it.
func (s *SyncRunStats) addSplit(f *exec.Asked) {
	args, err := f.Arguments()
	if f.Name() != "groups" || err != nil {
		return
	}
	if s.split == nil {
		s.split = new(stats.Split)
	}
	by := args["by"].(SyncRunGroupBy)
	s.split.ByTag = s.split.ByTag || by == SyncRunGroupByTrigger
	s.split.ByFull = s.split.ByFull || by == SyncRunGroupByFullSync
}

// take keeps the runs of a sync for the groups of s, if it has any.
func (s *SyncRunStats) take(sync *Sync, d *stats.Digest) {
	if runs := d.Subsets(); len(runs) > 0 {
		s.parts = append(s.parts, statsPart{sync, runs})
	}
}

// runGroups are the runs of s by something. It asks for the records of syncs, and for
// connections, if these tell it.
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

// labelOf is what people call a group; nil where nobody named it.
func labelOf(ctx context.Context, g *SyncRunStatsGroup) exec.Later[*string] {
	switch {
	case g.Sync != nil:
		got := g.Sync.ask(ctx)
		return exec.Then(func() exec.Later[*string] {
			got()
			return exec.Value(g.Sync.Label())
		})
	case g.destination != nil:
		return ofDestination(ctx, g.destination, connectionName)
	case g.source != nil:
		return ofSource(ctx, g.source, connectionName)
	}
	return exec.Value(g.label, nil)
}
