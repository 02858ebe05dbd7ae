package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// ofSource returns a value from the lists of connections for a sync's source. It is null if the
// sync has no source, or an unknown one.
func ofSource(ctx context.Context, src *census.SyncSource, what func(name, kind *string) *string) exec.Later[*string] {
	if src.ConnectionID == nil && src.ActivationID == nil {
		return exec.Value[*string](nil, nil)
	}
	l := loadersOf(ctx)
	return exec.After(l.sides.ask(l.census.SideOf(src)), func(all *upstream.Ends) (*string, error) {
		return what(all.Source(src)), nil
	})
}

// ofDestination is the same for its destination.
func ofDestination(ctx context.Context, d *census.SyncDestination, what func(name, kind *string) *string) exec.Later[*string] {
	if d.ConnectionID == nil && d.ActivationID == nil {
		return exec.Value[*string](nil, nil)
	}
	return exec.After(loadersOf(ctx).sides.ask(upstream.Destinations), func(all *upstream.Ends) (*string, error) {
		return what(all.Destination(d)), nil
	})
}

func connectionName(name, _ *string) *string { return name }
func connectionType(_, kind *string) *string { return kind }
