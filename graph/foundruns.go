package graph

import (
	"encoding/binary"
	"encoding/json"
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// A foundRuns holds the runs found for a filter, in the order of the search.
type foundRuns struct {
	rows      []census.SyncRun
	ordinals  []int
	more      bool            // there are more, or may be
	stoppedAt paging.Position // where the search stopped early; zero if it did not
}

// stuck reports whether found ended at the start of w, so that a client that continues there makes
// no progress.
func (found foundRuns) stuck(w paging.Window) bool {
	return found.more && len(found.rows) == 0 && !w.Near().IsEnd() && found.stoppedAt.Compare(w.Near()) == 0
}

// addInProgress adds to found the runs of s that are in progress, in w, and pass filter, newest
// first.
func (found *foundRuns) addInProgress(s paging.Slice[census.SyncRun], w paging.Window, filter *stats.Filter) (enough bool) {
	from := inProgressWindow(w, filter)
	for i := len(s.Rows) - 1; i >= 0; i-- {
		switch at := positionOf(&from, &s, i); {
		case filter.StopsAt(&s.Rows[i]):
			return true
		case filter.Match(&s.Rows[i]) && (w.Newer.IsEnd() || at.Compare(w.Newer) < 0):
			found.rows, found.ordinals = append(found.rows, s.Rows[i]), append(found.ordinals, at.Ordinal)
		}
	}
	return false
}

// connection returns found as a page of the list. w is the window of page.
func (found foundRuns) connection(list listSum, newestFirst bool, w paging.Window, filter *stats.Filter, page pageArgs) *SyncRunConnection {
	near := page.startCursor(list)
	if !w.FromOldest {
		slices.Reverse(found.rows)
		slices.Reverse(found.ordinals)
	}
	// Whether a passing run is known on the other side of the start.
	beyond := passesAt(near, filter)
	info := &PageInfo{HasNextPage: found.more, HasPreviousPage: beyond}
	if backward := w.FromOldest == newestFirst; backward {
		info = &PageInfo{HasNextPage: beyond, HasPreviousPage: found.more}
	}
	c := &SyncRunConnection{list: list, newestFirst: newestFirst, window: w, ordinals: found.ordinals, info: info,
		mark: filterMark(filter), slice: paging.Slice[census.SyncRun]{Rows: found.rows}}
	if !found.more && near.IsEnd() && w.Far().IsEnd() {
		n := len(found.rows)
		c.total = &n
	}
	end := cursor{Position: found.stoppedAt}
	if beyond || len(found.rows) > 0 {
		end.label = c.mark // a passing run precedes it
	}
	c.endAt(end)
	page.setEndCursor(c.info)
	return c
}

// endAt ends the page where the search stopped early.
func (c *SyncRunConnection) endAt(at cursor) {
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

// filterMark returns the mark in the cursors of a list with filter. A cursor is valid in all lists
// of the same runs. In a list with the same mark, it also proves that a passing run was at its
// position. The mark does not cover the creation times, since the position shows whether it lies
// within them.
func filterMark(filter *stats.Filter) string {
	rest := *filter
	rest.CreatedSince, rest.CreatedBefore = 0, 0
	if rest.MatchesEverything() {
		return ""
	}
	name, _ := json.Marshal(rest)
	return string(binary.BigEndian.AppendUint32(nil, uint32(listSumOf(name))))
}

// passesAt reports whether a run that passes filter is known to have been at c.
func passesAt(c cursor, filter *stats.Filter) bool {
	mark := filterMark(filter)
	return !c.IsEnd() && (mark == "" || mark == c.label) &&
		c.CreatedAt >= paging.Moment(filter.CreatedSince) && (filter.CreatedBefore == 0 || c.CreatedAt < paging.Moment(filter.CreatedBefore))
}
