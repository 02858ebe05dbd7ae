package graph

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A harvest holds the runs found for a filter, in the order of the search.
type harvest struct {
	rows     []census.SyncRun
	ordinals []int
	more     bool            // there are more, or may be
	cut      paging.Position // where the search stopped early; zero if it did not
}

// stands reports whether h ended at the start of w, so that a client that continues there makes
// no progress.
func (h harvest) stands(w paging.Window) bool {
	return h.more && len(h.rows) == 0 && !w.Near().IsEnd() && h.cut.Compare(w.Near()) == 0
}

// gatherInProgress adds to h the runs of s that are in progress, in w, and pass filter, newest
// first.
func (h *harvest) gatherInProgress(s paging.Slice[census.SyncRun], w paging.Window, filter *stats.Filter) (enough bool) {
	from := inProgressWindow(w, filter)
	for i := len(s.Rows) - 1; i >= 0; i-- {
		switch at := positionOf(&from, &s, i); {
		case filter.Ends(&s.Rows[i]):
			return true
		case filter.Match(&s.Rows[i]) && (w.Newer.IsEnd() || at.Compare(w.Newer) < 0):
			h.rows, h.ordinals = append(h.rows, s.Rows[i]), append(h.ordinals, at.Ordinal)
		}
	}
	return false
}

// connection returns h as a page of the list. w is the window of page.
func (h harvest) connection(list listSum, newestFirst bool, w paging.Window, filter *stats.Filter, page pageArgs) *SyncRunConnection {
	near := page.near(list)
	if !w.FromOldest {
		slices.Reverse(h.rows)
		slices.Reverse(h.ordinals)
	}
	// Whether a passing run is known on the other side of the start.
	beyond := passedAt(near, filter)
	info := &PageInfo{HasNextPage: h.more, HasPreviousPage: beyond}
	if backward := w.FromOldest == newestFirst; backward {
		info = &PageInfo{HasNextPage: beyond, HasPreviousPage: h.more}
	}
	c := &SyncRunConnection{list: list, newestFirst: newestFirst, window: w, ordinals: h.ordinals, info: info,
		mark: markOf(filter), slice: paging.Slice[census.SyncRun]{Rows: h.rows}}
	if !h.more && near.IsEnd() && w.Far().IsEnd() {
		n := len(h.rows)
		c.total = &n
	}
	end := cursor{Position: h.cut}
	if beyond || len(h.rows) > 0 {
		end.label = c.mark // a passing run precedes it
	}
	c.cut(end)
	page.end(c.info)
	return c
}

// cut ends the page where the search stopped early.
func (c *SyncRunConnection) cut(at cursor) {
	if n := c.len(); n > 0 {
		start, end := c.edge(0).Cursor().text(), c.edge(n-1).Cursor().text()
		c.info.StartCursor, c.info.EndCursor = &start, &end
	}
	if at.IsEnd() {
		return
	}
	at.Ordinal = max(at.Ordinal, 0)
	end := string(at.append(nil, c.list))
	if backward := c.window.FromOldest == c.newestFirst; backward {
		c.info.StartCursor = &end
	} else {
		c.info.EndCursor = &end
	}
}

// markOf returns the mark in the cursors of a list with filter. A cursor is valid in all lists of
// the same runs. In a list with the same mark, it also proves that a passing run was at its
// position. The mark does not cover the creation times, since the position shows whether it lies
// within them.
func markOf(filter *stats.Filter) string {
	rest := *filter
	rest.CreatedSince, rest.CreatedBefore = 0, 0
	if rest.MatchesEverything() {
		return ""
	}
	name, _ := json.Marshal(rest)
	return string(binary.BigEndian.AppendUint32(nil, uint32(sumOf(name))))
}

// passedAt reports whether a run that passes filter is known to have been at c.
func passedAt(c cursor, filter *stats.Filter) bool {
	mark := markOf(filter)
	return !c.IsEnd() && (mark == "" || mark == c.label) &&
		c.CreatedAt >= paging.Moment(filter.CreatedSince) && (filter.CreatedBefore == 0 || c.CreatedAt < paging.Moment(filter.CreatedBefore))
}
