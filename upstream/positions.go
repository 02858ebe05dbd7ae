package upstream

import "census-gateway/upstream/census"

// Where rows stand in their lists.

func runPosition(r *census.SyncRun) Position {
	return Position{CreatedAt: Moment(r.CreatedAt), ID: int64(r.ID)}
}

func syncPosition(y *census.Sync) Position {
	return Position{CreatedAt: Moment(y.CreatedAt), ID: int64(y.ID)}
}

// Where Census tells no created_at of connections their ids stand for it: they rise with
// it.
func connectionPosition(n *census.Connection) Position {
	return Position{CreatedAt: Moment(max(n.CreatedAt, 1)), ID: n.ID}
}
