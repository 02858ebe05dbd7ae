package upstream

import (
	"context"
)

// connectionChunk is the page size for connections: the largest Census gives.
const connectionChunk = 100

// A Side is one of the two ends of a sync.
type Side string

const (
	Sources      Side = Side(listSources)
	Destinations Side = Side(listDestinations)
)

// Connections reads all connections of one side of the workspace, by id. It costs
// one call for each 100.
func (c *Client) Connections(ctx context.Context, side Side) (map[int64]Connection, error) {
	l := list[Connection]{client: c, endpoint: endpoint(side),
		most: connectionChunk, size: c.standing.pageSize(endpoint(side), connectionChunk),
		decode: decodePage[Connection], position: connectionPosition,
		bare: func(n *Connection) Connection { return Connection{ID: n.ID, CreatedAt: n.CreatedAt} }, weight: (*Connection).weight}
	rows, err := l.all(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Connection, len(rows))
	for _, n := range rows {
		byID[n.ID] = n
	}
	return byID, nil
}
