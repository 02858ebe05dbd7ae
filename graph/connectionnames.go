package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// sourceConnection returns a value from the lists of connections for a sync's source. It is null if
// the sync has no source, or an unknown one.
func sourceConnection(ctx context.Context, src *census.SyncSource, pick func(name, kind *string) *string) exec.Later[*string] {
	if src.ConnectionID == nil && src.ActivationID == nil {
		return exec.Value[*string](nil, nil)
	}
	l := loadersOf(ctx)
	return exec.After(l.connections.load(l.census.SideOf(src)), func(all *upstream.Ends) (*string, error) {
		return pick(all.Source(src)), nil
	})
}

// destinationConnection is the same for its destination.
func destinationConnection(ctx context.Context, d *census.SyncDestination, pick func(name, kind *string) *string) exec.Later[*string] {
	if d.ConnectionID == nil && d.ActivationID == nil {
		return exec.Value[*string](nil, nil)
	}
	return exec.After(loadersOf(ctx).connections.load(upstream.Destinations), func(all *upstream.Ends) (*string, error) {
		return pick(all.Destination(d)), nil
	})
}

func connectionName(name, _ *string) *string { return name }
func connectionType(_, kind *string) *string { return kind }
