package graph

// A SyncConnection is a stretch of a list of syncs.
type SyncConnection struct {
	syncs       []*Sync   // as they are shown
	all         []*Sync   // the whole list; nil: that of the workspace, of which no more was read
	list        listSum   // binds its cursors to the list
	order       SyncOrder // in which the list stands; zero: as it was named, or by creation
	page        pageArgs
	open        int  // place in the whole list of one whose cursor is open; -1: none is
	first, step int  // place of the first in the whole list, and from each to the next
	next, prev  bool // whether the list goes on, after and before
	total       int  // syncs in the whole list
}

func (c *SyncConnection) len() int { return len(c.syncs) }

// edge is the i-th sync as shown.
func (c *SyncConnection) edge(i int) SyncEdge { return SyncEdge{c, i} }

// Edges are the syncs with their cursors.
func (c *SyncConnection) Edges() []SyncEdge {
	edges := make([]SyncEdge, c.len())
	for i := range edges {
		edges[i] = c.edge(i)
	}
	return edges
}

// Nodes are the syncs without their cursors.
func (c *SyncConnection) Nodes() []*Sync { return c.syncs }

// PageInfo tells where the stretch lies in its list.
func (c *SyncConnection) PageInfo() *PageInfo {
	info := &PageInfo{HasNextPage: c.next, HasPreviousPage: c.prev}
	if n := c.len(); n > 0 {
		start, end := c.edge(0).Cursor().text(), c.edge(n-1).Cursor().text()
		info.StartCursor, info.EndCursor = &start, &end
	}
	c.page.end(info)
	return info
}

// TotalCount is the number of syncs in the whole list.
func (c *SyncConnection) TotalCount() *int { return &c.total }

// A SyncEdge is one sync of a connection.
type SyncEdge struct {
	connection *SyncConnection
	at         int
}

// Node is the sync.
func (e SyncEdge) Node() *Sync { return e.connection.syncs[e.at] }

// Cursor is the sync's place in the list.
func (e SyncEdge) Cursor() EdgeCursor {
	place := e.Node().cursor(e.connection.order)
	place.Ordinal = e.connection.first + e.at*e.connection.step
	place.Open = place.Ordinal == e.connection.open
	return EdgeCursor{place, e.connection.list}
}
