package proof

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// A connection is a page in an answer.
type connection struct {
	TotalCount *int
	Edges      []struct {
		Cursor string
		Node   struct{ ID string }
	}
	Nodes    []struct{ ID string }
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

const connectionFields = "{ totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"

// A list is an expected list, and the field that pages through it.
type list struct {
	ids        []string
	field      string             // with its arguments, except those of the page
	at         func() *connection // returns the decoded answer
	data       any
	totalKnown bool // totalCount is expected on every page
}

// askPages queries the whole list, and pages from either end and between any two cursors, including
// crossed cursors with nothing between.
func (w *world) askPages(l list) {
	if len(l.ids) > 1000 { // more than a page may hold
		return
	}
	page := func(args string) *connection {
		w.ask("{ "+fmt.Sprintf(l.field, args)+" }", l.data)
		return l.at()
	}
	whole := page("first: 1000")
	w.checkPage(l, whole, "all", 0, len(l.ids), false, false)
	if whole.TotalCount == nil || *whole.TotalCount != len(l.ids) {
		w.Fatalf("%s: the total is %v, want %d", l.field, whole.TotalCount, len(l.ids))
	}
	cursors := make([]string, len(whole.Edges))
	for i, e := range whole.Edges {
		cursors[i] = e.Cursor
	}
	for range rapid.IntRange(1, 2).Draw(w.T, "pages") {
		from, to := 0, len(l.ids)
		n := rapid.SampledFrom([]int{0, 1, 2, 7, 25, 101}).Draw(w.T, "limit")
		var args []string
		after, before := false, false
		if len(cursors) > 0 && rapid.Bool().Draw(w.T, "after") {
			i := rapid.IntRange(0, len(cursors)-1).Draw(w.T, "after which")
			after, from = true, i+1
			args = append(args, fmt.Sprintf("after: %q", cursors[i]))
		}
		if len(cursors) > 0 && rapid.Bool().Draw(w.T, "before") {
			i := rapid.IntRange(0, len(cursors)-1).Draw(w.T, "before which")
			before, to = true, max(from, i)
			args = append(args, fmt.Sprintf("before: %q", cursors[i]))
		}
		forward := rapid.Bool().Draw(w.T, "forward")
		var next, previous bool
		if forward {
			args = append(args, fmt.Sprintf("first: %d", n))
			next, previous = to-from > n, after
			to = min(to, from+n)
		} else {
			args = append(args, fmt.Sprintf("last: %d", n))
			next, previous = before, to-from > n
			from = max(from, to-n)
		}
		text := strings.Join(args, ", ")
		c := page(text)
		w.checkPage(l, c, text, from, to, next, previous)
		if l.totalKnown && (c.TotalCount == nil || *c.TotalCount != len(l.ids)) || c.TotalCount != nil && *c.TotalCount != len(l.ids) {
			w.Fatalf("%s, %s: the total is %v, want %d", l.field, text, c.TotalCount, len(l.ids))
		}
	}
}

// checkPage checks a page against the expected part of the list.
func (w *world) checkPage(l list, c *connection, text string, from, to int, next, previous bool) {
	want := l.ids[from:to]
	var edges, nodes []string
	for _, e := range c.Edges {
		edges = append(edges, e.Node.ID)
	}
	for _, n := range c.Nodes {
		nodes = append(nodes, n.ID)
	}
	if !slices.Equal(edges, want) || !slices.Equal(nodes, want) {
		w.Fatalf("%s, %s:\n%v and\n%v, want\n%v of\n%v", l.field, text, edges, nodes, want, l.ids)
	}
	if c.PageInfo.HasNextPage != next || c.PageInfo.HasPreviousPage != previous {
		w.Fatalf("%s, %s: next %t, previous %t, want %t and %t: %d to %d of %d", l.field, text, c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage, next, previous, from, to, len(l.ids))
	}
	if n := len(c.Edges); n > 0 && (*c.PageInfo.StartCursor != c.Edges[0].Cursor || *c.PageInfo.EndCursor != c.Edges[n-1].Cursor) {
		w.Fatalf("%s, %s: startCursor and endCursor are not those of the edges", l.field, text)
	}
}

func (w *world) drawOrder() (args string, newestFirst bool) {
	switch rapid.IntRange(0, 2).Draw(w.T, "order") {
	case 0:
		return "", true
	case 1:
		return "orderBy: {direction: DESC}, ", true
	}
	return "orderBy: {direction: ASC}, ", false
}

func runIDs(runs []sim.Run, newestFirst bool) (ids []string) {
	for _, r := range runs {
		ids = append(ids, fmt.Sprintf("SyncRun:%d", r.ID))
	}
	if newestFirst {
		slices.Reverse(ids)
	}
	return ids
}

// askRuns pages through the runs of a sync.
func (w *world) askRuns() {
	syncs := w.census.Syncs()
	if len(syncs) == 0 {
		return
	}
	id := rapid.SampledFrom(syncs).Draw(w.T, "sync").ID
	f := w.drawFilter()
	order, newestFirst := w.drawOrder()
	var data struct {
		Sync struct {
			Runs      connection
			LatestRun *struct{ ID string }
		}
	}
	all := w.census.Runs(id)
	w.askPages(list{
		ids: runIDs(f.of(all), newestFirst), data: &data, at: func() *connection { return &data.Sync.Runs }, totalKnown: f.all,
		field: fmt.Sprintf("sync(id: %d) { latestRun { id } runs(filter: %s, %s%%s) %s }", id, f.text, order, connectionFields),
	})
	if latest := data.Sync.LatestRun; (latest == nil) != (len(all) == 0) || latest != nil && latest.ID != runIDs(all, true)[0] {
		w.Fatalf("the latest run of sync %d is %v", id, latest)
	}
}

// askTimeline pages through the runs of many syncs.
func (w *world) askTimeline() {
	syncs, names := w.someSyncs()
	f := w.drawFilter()
	order, newestFirst := w.drawOrder()
	var runs []sim.Run
	for _, s := range syncs {
		runs = append(runs, f.of(w.census.Runs(s.ID))...)
	}
	slices.SortFunc(runs, byCreation)
	if len(runs) > 0 && isFuture(runs[len(runs)-1].CreatedAt) { // pages from the oldest end do not show it
		return
	}
	var data struct{ SyncRuns connection }
	w.askPages(list{
		ids: runIDs(runs, newestFirst), data: &data, at: func() *connection { return &data.SyncRuns }, totalKnown: f.all,
		field: fmt.Sprintf("syncRuns(syncIds: %s, filter: %s, %s%%s) %s", names, f.text, order, connectionFields),
	})
}
