package upstream

import (
	"context"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
)

// connectionChunk is the page size for connections: the largest Census gives.
const connectionChunk = 100

// A Side is one of the two ends of a sync.
type Side string

const (
	Sources      Side = Side(calls.ListSources)
	Destinations Side = Side(calls.ListDestinations)
)

// Connections reads all connections of one side of the workspace, by id. It costs
// one call for each 100.
func (c *Client) Connections(ctx context.Context, side Side) (map[int64]census.Connection, error) {
	l := list[census.Connection]{client: c, endpoint: calls.Endpoint(side),
		most: connectionChunk, size: c.notes.pageSize(calls.Endpoint(side), connectionChunk),
		decode: census.DecodePage[census.Connection], position: connectionPosition,
		bare: func(n *census.Connection) census.Connection {
			return census.Connection{ID: n.ID, CreatedAt: n.CreatedAt}
		}, weight: (*census.Connection).Weight}
	rows, err := l.all(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]census.Connection, len(rows))
	for _, n := range rows {
		byID[n.ID] = n
	}
	return byID, nil
}
