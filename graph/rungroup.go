package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
)

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

// A syncSubsets holds the runs of one sync by kind, for groups.
type syncSubsets struct {
	sync *Sync
	runs map[stats.Kind]*stats.Subset
}

// runGroupLabel returns the label of a group; nil if it has none.
func runGroupLabel(ctx context.Context, g *SyncRunStatsGroup) exec.Later[*string] {
	switch {
	case g.Sync != nil:
		got := g.Sync.requestRecord(ctx)
		return exec.Then(func() exec.Later[*string] {
			got()
			return exec.Value(g.Sync.Label())
		})
	case g.destination != nil:
		return destinationConnection(ctx, g.destination, connectionName)
	case g.source != nil:
		return sourceConnection(ctx, g.source, connectionName)
	}
	return exec.Value(g.label, nil)
}
