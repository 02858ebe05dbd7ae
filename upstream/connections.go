package upstream

import (
	"context"
	"unsafe"
)

// connectionChunk is the page size for connections: the largest Census gives.
const connectionChunk = 100

// A Side is one of the two ends of a sync.
type Side string

const (
	Sources      Side = Side(listSources)
	Destinations Side = Side(listDestinations)
)

// A Connection is a source or a destination of the workspace, as syncs name them
// by its id (API reference, "List sources", "List destinations"). Census sends
// credentials, hosts and accounts with it; what is not named here is dropped while
// decoding.
type Connection struct {
	ID        int64
	Name      *string  // the label that somebody gave a source, else Census's name of it; nil: it has none
	Type      *string  // "snowflake", "salesforce", …
	CreatedAt DateTime // 0 where Census tells none, as in its description of 2023
}

// Connections reads all connections of one side of the workspace, by id. It costs
// one call for each 100.
func (c *Client) Connections(ctx context.Context, side Side) (map[int64]Connection, error) {
	l := list[Connection]{client: c, endpoint: endpoint(side),
		most: connectionChunk, size: c.standing.pageSize(endpoint(side), connectionChunk),
		scan: (*Connection).scan, position: connectionPosition,
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

// weight is about what the connection takes in memory: its fields and their texts.
func (n *Connection) weight() int { return int(unsafe.Sizeof(*n)) + weightOf(n.Name, n.Type) }

// scan reads a connection; keys it does not know, credentials among them, are
// skipped.
func (n *Connection) scan(s *reader) {
	var name, label *string
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			n.ID, _ = s.Integer()
		case "name":
			name = s.Nullable()
		case "label":
			label = s.Nullable()
		case "type":
			n.Type = s.Nullable()
		case "created_at":
			n.CreatedAt = s.dateTime()
		default:
			s.Skip()
		}
	}
	if n.Name = label; label == nil || *label == "" {
		n.Name = name
	}
}
