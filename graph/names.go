package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

// ofConnection is what the list of a side's connections tells of the one with an id;
// null if a sync names none, or one that Census does not know.
func ofConnection(ctx context.Context, side upstream.Side, id *int64, what func(census.Connection) *string) exec.Later[*string] {
	if id == nil {
		return exec.Value[*string](nil, nil)
	}
	return exec.After(loadersOf(ctx).sides.ask(side), func(all map[int64]census.Connection) (*string, error) {
		return what(all[*id]), nil
	})
}

func connectionName(c census.Connection) *string { return c.Name }
func connectionType(c census.Connection) *string { return c.Type }
