package upstream

// Where rows stand in their lists.

func runPosition(r *SyncRun) Position {
	return Position{CreatedAt: Moment(r.CreatedAt), ID: int64(r.ID)}
}

func syncPosition(y *Sync) Position { return Position{CreatedAt: Moment(y.CreatedAt), ID: int64(y.ID)} }

// Where Census tells no created_at of connections their ids stand for it: they rise with
// it.
func connectionPosition(n *Connection) Position {
	return Position{CreatedAt: Moment(max(n.CreatedAt, 1)), ID: n.ID}
}
