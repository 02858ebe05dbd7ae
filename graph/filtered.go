package graph

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"slices"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// narrow shrinks w to the creation times that filter allows.
func narrow(w paging.Window, filter *stats.Filter) paging.Window {
	if since := filter.Since(); since != 0 {
		if since := paging.Since(paging.Moment(since)); w.Older.IsEnd() || w.Older.Compare(since) < 0 {
			w.Older = since
		}
	}
	if before := filter.Before(); before != 0 {
		if before := paging.Before(paging.Moment(before)); w.Newer.IsEnd() || w.Newer.Compare(before) > 0 {
			w.Newer = before
		}
	}
	return w
}

// filteredRuns returns a page of the runs of a sync that pass filter.
func filteredRuns(ctx context.Context, id census.SyncID, filter *stats.Filter, list listSum, newestFirst bool, w paging.Window, page pageArgs) exec.Later[*SyncRunConnection] {
	if err := filter.Check(); err != nil {
		return exec.Value[*SyncRunConnection](nil, badInput("filter: %s", err))
	}
	if filter.MatchesNothing() {
		return exec.Value(harvest{}.connection(list, newestFirst, w, filter, page), nil)
	}
	reaped := loadersOf(ctx).reap(id, w, filter)
	return exec.Slow(func() (*SyncRunConnection, error) {
		h, err := reaped()
		if err != nil {
			return nil, err
		}
		return h.connection(list, newestFirst, w, filter, page), nil
	})
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

// A harvest holds the runs found for a filter, in the order of the search.
type harvest struct {
	rows     []census.SyncRun
	ordinals []int
	more     bool            // there are more, or may be
	cut      paging.Position // where the search stopped early; zero if it did not
}

// reap searches the runs of a sync in w that pass filter, until it has as many as w requests and
// knows whether there is another. The returned function waits for them.
func (l *loaders) reap(id census.SyncID, w paging.Window, filter *stats.Filter) func() (harvest, error) {
	h, want := harvest{}, w.Limit
	w = narrow(w, filter)
	w.Limit = scanStep
	if filter.InProgress() {
		return l.reapInProgress(id, w, filter, want)
	}
	h.cut = w.Near()
	wait := l.scan(id, w, func(s paging.Slice[census.SyncRun]) bool {
		for n := range s.Rows {
			i := n
			if !w.FromOldest {
				i = len(s.Rows) - 1 - n
			}
			h.cut = positionOf(&w, &s, i)
			if !filter.Match(&s.Rows[i]) {
				continue
			}
			if len(h.rows) == want {
				h.more = true
				return true
			}
			h.rows, h.ordinals = append(h.rows, s.Rows[i]), append(h.ordinals, s.First+i)
		}
		return false
	})
	return func() (harvest, error) {
		limited, err := wait()
		h.more = h.more || limited
		switch {
		case !limited:
			h.cut = paging.Position{}
		case h.stands(w):
			return h, l.spent("the other fields used up the %d calls to Census that an operation may make; ask for fewer lists at once", l.calls)
		}
		return h, err
	}
}

// stands reports whether h ended at the start of w, so that a client that continues there makes
// no progress.
func (h harvest) stands(w paging.Window) bool {
	return h.more && len(h.rows) == 0 && !w.Near().IsEnd() && h.cut.Compare(w.Near()) == 0
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
