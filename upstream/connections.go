package upstream

import (
	"context"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// connectionChunk is the page size for connections: the largest that Census allows.
const connectionChunk = 100

// A Side is one of the two ends of a sync.
type Side string

const (
	Sources      Side = Side(calls.ListSources)
	Destinations Side = Side(calls.ListDestinations) // V1 only; V2 has activations
)

// Connections reads all connections of one side of the workspace, keyed by id. It costs one
// call per 100.
func (c *Client) Connections(ctx context.Context, side Side) (map[int64]census.Connection, error) {
	l := connectionLists(side).of(c, 0)
	var rows []census.Connection
	var err error
	if c.Version() == calls.V2 { // the order of a list that covers several groups is not documented
		rows, err = readAll(ctx, l, calls.Endpoint(side), func(n *census.Connection) string { return idText(n.ID) })
	} else {
		rows, err = l.all(ctx)
	}
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]census.Connection, len(rows))
	for _, n := range rows {
		byID[n.ID] = n
	}
	return byID, nil
}

// Activations reads all pairs of a source and a destination. V2 has these in place of
// destinations. It costs one call per 100.
func (c *Client) Activations(ctx context.Context) (*census.Activations, error) {
	l := activationLists.of(c, 0)
	rows, err := readAll(ctx, l, calls.ListActivations, func(a *census.Activation) string { return a.ID })
	if err != nil {
		return nil, err
	}
	return census.IndexActivations(rows), nil
}

func connectionLists(side Side) *listKind[census.Connection] {
	return &listKind[census.Connection]{
		endpoint: calls.Endpoint(side),
		maxSize:  connectionChunk,
		decode:   census.DecodePage[census.Connection],
		position: connectionPosition,
		stripped: func(n *census.Connection) census.Connection {
			return census.Connection{ID: n.ID, CreatedAt: n.CreatedAt}
		},
		weight: (*census.Connection).Weight,
		write:  census.Write[[]census.Connection],
		parse:  census.Read[[]census.Connection],
	}
}

var activationLists = &listKind[census.Activation]{
	endpoint: calls.ListActivations,
	maxSize:  connectionChunk,
	decode:   census.DecodePage[census.Activation],
	weight:   (*census.Activation).Weight,
}

// Census may omit created_at of connections. Their ids then replace it, since ids rise in
// creation order.
func connectionPosition(n *census.Connection) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(max(n.CreatedAt, 1)), ID: n.ID}
}
