package graph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/upstream"
)

// asksConnection is the side of f, a sync's source or destination, if f asks for
// what only the list of all connections of that side tells.
func asksConnection(op *graphql.OperationContext, f graphql.CollectedField) []upstream.Side {
	side, types := upstream.Sources, syncSourceImplementors
	if f.Name == "destination" {
		side, types = upstream.Destinations, syncDestinationImplementors
	}
	for _, f := range graphql.CollectFields(op, f.Selections, types) {
		if f.Name == "connectionName" || f.Name == "connectionType" {
			return []upstream.Side{side}
		}
	}
	return nil
}

// connectionOf is the connection of a side with an id; the zero value where a sync
// names none, or one that Census does not know.
func connectionOf(ctx context.Context, side upstream.Side, id *int64) (c upstream.Connection, err error) {
	if id == nil {
		return c, nil
	}
	all, err := loadersOf(ctx).sides.get(ctx, side)
	return all[*id], err
}
