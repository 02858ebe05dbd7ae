package upstream

import (
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// Where rows stand in their lists.

func runPosition(r *census.SyncRun) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(r.CreatedAt), ID: int64(r.ID)}
}

func syncPosition(y *census.Sync) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(y.CreatedAt), ID: int64(y.ID)}
}

// Census may omit created_at of connections. Their ids then replace it, since ids rise in
// creation order.
func connectionPosition(n *census.Connection) paging.Position {
	return paging.Position{CreatedAt: paging.Moment(max(n.CreatedAt, 1)), ID: n.ID}
}
