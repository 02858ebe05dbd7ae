package graph

import (
	"strconv"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A SyncRunConnection is a page of the runs of one sync, or of many.
type SyncRunConnection struct {
	list        listSum // the list to which its cursors belong
	newestFirst bool
	page        pageArgs
	window      paging.Window
	slice       paging.Slice[census.SyncRun]

	// The fields below are set if the runs were filtered, or are of many syncs.
	ordinals []int     // of each row of slice; nil: consecutive
	mark     string    // see filterMark
	info     *PageInfo // nil: computed from window and slice
	total    *int      // if info is set: the number of runs, nil if unknown
}

// runList returns the checksum of the list of a sync's runs, in either order.
func runList(id census.SyncID, newestFirst bool) listSum {
	name := strconv.AppendInt(append(make([]byte, 0, 32), "runs/"...), int64(id), 10)
	if newestFirst {
		return listSumOf(append(name, "/desc"...))
	}
	return listSumOf(append(name, "/asc"...))
}

// rowOf returns the index in the slice of the i-th run shown.
func (c *SyncRunConnection) rowOf(i int) int {
	if c.newestFirst {
		return len(c.slice.Rows) - 1 - i
	}
	return i
}

func (c *SyncRunConnection) len() int { return len(c.slice.Rows) }

// edge returns the i-th run shown.
func (c *SyncRunConnection) edge(i int) SyncRunEdge { return SyncRunEdge{c, c.rowOf(i)} }

// Edges returns the runs with their cursors.
func (c *SyncRunConnection) Edges() []SyncRunEdge {
	edges := make([]SyncRunEdge, c.len())
	for i := range edges {
		edges[i] = c.edge(i)
	}
	return edges
}

// Nodes returns the runs without their cursors.
func (c *SyncRunConnection) Nodes() []*census.SyncRun {
	nodes := make([]*census.SyncRun, c.len())
	for i := range nodes {
		nodes[i] = c.edge(i).Node()
	}
	return nodes
}

// PageInfo says whether the list continues before and after the page.
func (c *SyncRunConnection) PageInfo() *PageInfo {
	if c.info != nil {
		return c.info
	}
	info := pageInfo(c.window, c.slice, c.newestFirst)
	if n := c.len(); n > 0 {
		start, end := c.edge(0).Cursor().text(), c.edge(n-1).Cursor().text()
		info.StartCursor, info.EndCursor = &start, &end
	}
	c.page.setEndCursor(info)
	return info
}

// TotalCount returns the number of runs in the whole list; nil if it is unknown.
func (c *SyncRunConnection) TotalCount() *int {
	if c.info != nil {
		return c.total
	}
	return &c.slice.Total
}

// A SyncRunEdge is one run of a connection.
type SyncRunEdge struct {
	connection *SyncRunConnection
	at         int // index in the connection's slice
}

// Node returns the run.
func (e SyncRunEdge) Node() *census.SyncRun { return &e.connection.slice.Rows[e.at] }

// Cursor returns the run's position in the list.
func (e SyncRunEdge) Cursor() (at EdgeCursor) {
	c := e.connection
	at.Position, at.label, at.list = positionOf(&c.window, &c.slice, e.at), c.mark, c.list
	if c.ordinals != nil {
		at.Ordinal = c.ordinals[e.at]
	}
	return at
}
