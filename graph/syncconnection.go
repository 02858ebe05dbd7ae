package graph

// A SyncConnection is a page of a list of syncs.
type SyncConnection struct {
	syncs       []*Sync   // in the order shown
	all         []*Sync   // the whole list; nil for the workspace's, which was not read
	list        listSum   // the list to which its cursors belong
	order       SyncOrder // order of the list; zero: as named by ids
	page        pageArgs
	open        int  // index in the whole list of the sync with an open cursor; -1: none
	first, step int  // index of the first sync in the whole list, and the step to the next one
	next, prev  bool // whether the list continues after and before
	total       int  // number of syncs in the whole list
}

func (c *SyncConnection) len() int { return len(c.syncs) }

// edge returns the i-th sync shown.
func (c *SyncConnection) edge(i int) SyncEdge { return SyncEdge{c, i} }

// Edges returns the syncs with their cursors.
func (c *SyncConnection) Edges() []SyncEdge {
	edges := make([]SyncEdge, c.len())
	for i := range edges {
		edges[i] = c.edge(i)
	}
	return edges
}

// Nodes returns the syncs without their cursors.
func (c *SyncConnection) Nodes() []*Sync { return c.syncs }

// PageInfo says whether the list continues before and after the page.
func (c *SyncConnection) PageInfo() *PageInfo {
	info := &PageInfo{HasNextPage: c.next, HasPreviousPage: c.prev}
	if n := c.len(); n > 0 {
		start, end := c.edge(0).Cursor().text(), c.edge(n-1).Cursor().text()
		info.StartCursor, info.EndCursor = &start, &end
	}
	c.page.setEndCursor(info)
	return info
}

// TotalCount returns the number of syncs in the whole list.
func (c *SyncConnection) TotalCount() *int { return &c.total }

// A SyncEdge is one sync of a connection.
type SyncEdge struct {
	connection *SyncConnection
	at         int
}

// Node returns the sync.
func (e SyncEdge) Node() *Sync { return e.connection.syncs[e.at] }

// Cursor returns the sync's position in the list.
func (e SyncEdge) Cursor() EdgeCursor {
	place := e.Node().cursor(e.connection.order)
	place.Ordinal = e.connection.first + e.at*e.connection.step
	place.Open = place.Ordinal == e.connection.open
	return EdgeCursor{place, e.connection.list}
}
