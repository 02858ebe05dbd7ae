package proof

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

type page struct {
	TotalCount *int
	Edges      []struct {
		Cursor string
		Node   row
	}
	PageInfo struct{ HasNextPage, HasPreviousPage bool }
}

type rows struct {
	TotalCount *int
	Nodes      []row
	PageInfo   struct{ HasNextPage, HasPreviousPage bool }
}

const pageFields = "{ totalCount edges { cursor node " + rowFields + " } pageInfo { hasNextPage hasPreviousPage } }"

// runsOf returns the version of each run in a list, newest first. Each must have existed in the
// period of the answer.
func (l *changingWorld) runsOf(a *query, got []row) (runs []sim.Run) {
	for _, t := range got {
		r, ok := l.find(t)
		if !ok {
			l.Fatalf("%+v never existed", t)
		}
		found := false
		for _, v := range l.versionsBetween(r.SyncID, a.from, a.to) {
			found = found || slices.Contains(v.runs, r)
		}
		if !found {
			l.Fatalf("%+v did not exist in the period; versions: %+v", t, l.runVersions[r.ID])
		}
		runs = append(runs, r)
	}
	return runs
}

// checkComplete checks a list of runs against the versions of the sync.
func (l *changingWorld) checkComplete(a *query, id int64, got []sim.Run, strict bool) {
	ids := runIDs(got, false)
	var all []string
	for _, v := range l.versionsBetween(id, a.from, a.to) {
		is := runIDs(v.runs, true)
		if slices.Equal(ids, is) {
			return
		}
		all = append(all, fmt.Sprintf("%s-%s %d: %v", v.from.Format(time.StampMilli), v.to.Format(time.StampMilli), len(is), is))
	}
	if !strict && len(all) > 1 { // pages of different times: runs that exist throughout must be there, in order
		if !slices.IsSortedFunc(got, func(a, b sim.Run) int { return byCreation(b, a) }) {
			l.Fatalf("out of order: %v", ids)
		}
		for _, r := range l.versionsBetween(id, a.from, a.to)[0].runs {
			if end := l.removedAt[r.ID]; (end.IsZero() || end.After(a.to)) && r.CreatedAt.Before(a.from) && !slices.Contains(ids, fmt.Sprintf("SyncRun:%d", r.ID)) {
				l.Fatalf("%d is missing in %v", r.ID, ids)
			}
		}
		return
	}
	l.Fatalf("%d runs of sync %d are of no version: %v\nversions:\n%s", len(ids), id, ids, strings.Join(all, "\n"))
}

// drawPage draws the arguments of a page. check checks the page against the whole list, newest
// first.
func (l *changingWorld) drawPage(key string, f filter) (args string, check func(p page, of string, all []sim.Run, newer int)) {
	t := l.T
	order, newestFirst := l.drawOrder()
	n := rapid.SampledFrom([]int{0, 1, 2, 7, 25, 100, 101, 150}).Draw(t, "limit")
	forward := rapid.Bool().Draw(t, "forward")
	var after, before *cursorRun
	if at := l.cursors[key+fmt.Sprint(newestFirst)]; len(at) > 0 {
		if rapid.Bool().Draw(t, "after") {
			after = &at[rapid.IntRange(0, len(at)-1).Draw(t, "after which")]
			args += fmt.Sprintf("after: %q, ", after.cursor)
		}
		if rapid.IntRange(0, 2).Draw(t, "before") == 0 {
			before = &at[rapid.IntRange(0, len(at)-1).Draw(t, "before which")]
			args += fmt.Sprintf("before: %q, ", before.cursor)
		}
	}
	args += map[bool]string{true: "first", false: "last"}[forward] + fmt.Sprintf(": %d, ", n)
	args += order + "filter: " + f.text
	return args, func(p page, of string, all []sim.Run, newer int) {
		list := slices.Clone(f.of(all))
		if !newestFirst {
			slices.Reverse(list)
		}
		dir := map[bool]int{true: -1, false: 1}[newestFirst]
		total := len(list) + newer
		list = slices.DeleteFunc(list, func(r sim.Run) bool {
			return after != nil && dir*byCreation(r, after.run) <= 0 || before != nil && dir*byCreation(r, before.run) >= 0
		})
		more := len(list) > n
		if more && forward {
			list = list[:n]
		} else if more {
			list = list[len(list)-n:]
		}
		var got []string
		for _, e := range p.Edges {
			got = append(got, e.Node.key())
		}
		var want []string
		for _, r := range list {
			want = append(want, rowOf(r))
		}
		if !slices.Equal(got, want) {
			l.Fatalf("%s: page of %d\n%s\nwant %d\n%s", of, len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
		}
		if newer == 0 && (forward && before == nil && p.PageInfo.HasNextPage != more || !forward && after == nil && p.PageInfo.HasPreviousPage != more) {
			l.Fatalf("%s: more: %t, but %+v", of, more, p.PageInfo)
		}
		if p.TotalCount != nil && newer == 0 && *p.TotalCount != total || f.all && (p.TotalCount == nil || *p.TotalCount != total) {
			l.Fatalf("%s: total %v of %d", of, *p.TotalCount, total)
		}
		for _, e := range p.Edges {
			r, _ := l.find(e.Node)
			k := key + fmt.Sprint(newestFirst)
			l.cursors[k] = append(l.cursors[k], cursorRun{e.Cursor, r})
		}
		if k := key + fmt.Sprint(newestFirst); len(l.cursors[k]) > 300 {
			l.cursors[k] = l.cursors[k][len(l.cursors[k])-300:]
		}
	}
}

// atSomeMoment passes if check passes at one of the times at which the answer may have been
// computed.
func (l *changingWorld) atSomeMoment(a *query, check func()) {
	wrong := ""
	for _, at := range append(slices.Clone(a.startedAt), a.to) {
		now = at
		if wrong = l.failure(check); wrong == "" {
			return
		}
	}
	l.Fatalf("%s", wrong)
}

func (l *changingWorld) pickSync() int64 {
	return rapid.SampledFrom(l.world.census.Syncs()).Draw(l.T, "sync").ID
}
