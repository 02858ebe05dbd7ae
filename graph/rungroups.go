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

// A statsPart holds the runs of one sync by kind, for groups.
type statsPart struct {
	sync *Sync
	runs map[stats.Kind]*stats.Subset
}

// A SyncRunStatsGroup is one group of the runs of a statistic.
type SyncRunStatsGroup struct {
	Key   *string // nil for the group that combines the remaining groups
	Sync  *Sync   // nil unless the runs are grouped by sync
	Stats *stats.Subset

	by          SyncRunGroupBy
	destination *census.SyncDestination // has the label; nil if there is none
	source      *census.SyncSource      // the same
	label       *string                 // used without a connection and a sync
}

func checkGroups(first int) error {
	if first < 1 || first > maxGroups {
		return badInput("first must be from 1 to %d, got %d", maxGroups, first)
	}
	return nil
}

// addSplit makes s keep runs apart as the field f needs it, if f is groups.
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

// take stores the runs of a sync for the groups of s, if it has groups.
func (s *SyncRunStats) take(sync *Sync, d *stats.Digest) {
	if runs := d.Subsets(); len(runs) > 0 {
		s.parts = append(s.parts, statsPart{sync, runs})
	}
}

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

// labelOf returns the label of a group; nil if it has none.
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
