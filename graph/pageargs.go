package graph

import "census-gateway/upstream/paging"

// Lengths of a page.
const (
	defaultPage = 25 // the same as in Census
	maxPage     = 1000
)

// pageArgs are the Relay arguments of a connection, unchecked.
type pageArgs struct {
	first  *int
	after  *string
	last   *int
	before *string
}

// limit returns the requested number of items, and whether to count from the end. defaultLimit is
// the number if the arguments have none.
func (a pageArgs) limit(defaultLimit int) (n int, backward bool, err error) {
	name, p := "first", a.first
	if a.last != nil {
		name, p, backward = "last", a.last, true
	}
	switch {
	case a.first != nil && a.last != nil:
		return 0, false, badInput("use first or last, not both")
	case p == nil:
		return defaultLimit, false, nil
	case *p < 0 || *p > maxPage:
		return 0, false, badInput("%s must be from 0 to %d, got %d", name, maxPage, *p)
	}
	return *p, backward, nil
}

// setEndCursor sets the cursor of an empty page to the cursor that it counts from. So a client that
// continues there neither misses nor repeats anything.
func (a pageArgs) setEndCursor(info *PageInfo) {
	switch {
	case a.last != nil && info.StartCursor == nil:
		info.StartCursor = a.before
	case a.last == nil && info.EndCursor == nil:
		info.EndCursor = a.after
	}
}

// window converts the arguments to positions in the list. The list is shown newest first or
// oldest first; upstream knows only the order of creation.
func (a pageArgs) window(list listSum, newestFirst bool) (w paging.Window, err error) {
	limit, backward, err := a.limit(defaultPage)
	if err != nil {
		return w, err
	}
	after, err := parseCursor("after", a.after, list)
	if err != nil {
		return w, err
	}
	before, err := parseCursor("before", a.before, list)
	if err != nil {
		return w, err
	}
	w = paging.Window{Older: after.Position, Newer: before.Position, Limit: limit, FromOldest: !backward}
	if newestFirst {
		w = paging.Window{Older: before.Position, Newer: after.Position, Limit: limit, FromOldest: backward}
	}
	return w, nil
}

// startCursor returns the cursor from which the page counts; zero at an end of the list. The
// arguments must have passed window.
func (a pageArgs) startCursor(list listSum) cursor {
	text := a.after
	if a.last != nil {
		text = a.before
	}
	c, _ := parseCursor("", text, list)
	return c
}

// pageInfo returns the PageInfo of a slice, for a list shown newest first or not.
func pageInfo[T any](w paging.Window, s paging.Slice[T], newestFirst bool) *PageInfo {
	older, newer := s.First > 0, s.End() < s.Total
	if w.FromOldest {
		newer = s.More
	} else {
		older = s.More
	}
	if newestFirst {
		return &PageInfo{HasNextPage: older, HasPreviousPage: newer}
	}
	return &PageInfo{HasNextPage: newer, HasPreviousPage: older}
}
