package proof

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// querySync queries most fields of one sync.
func (l *changingWorld) querySync() *query {
	id := l.pickSync()
	f, g := l.drawFilter(), l.drawFilter()
	if rapid.Bool().Draw(l.T, "no filter") {
		f = filter{text: "{}", all: true}
	}
	args, checkPage := l.drawPage(fmt.Sprint(id), f)
	s := l.drawSeries(g)
	s.groups.by = "TRIGGER" // because syncs may change
	fields := []string{"latestRun " + rowFields, "page: runs(" + args + ") " + pageFields, "runStats(filter: " + g.text + ") " + s.fields(), "health " + verdictFields, "label paused"}
	selected := rapid.IntRange(1, 31).Draw(l.T, "fields")
	document := fmt.Sprintf("{ sync(id: %d) { all: runs(first: 1000) { totalCount nodes %s pageInfo { hasNextPage hasPreviousPage } }", id, rowFields)
	for i, f := range fields {
		if selected&(1<<i) != 0 {
			document += " " + f
		}
	}
	return &query{text: document + " } }", check: func(a *query) {
		var data struct {
			Sync *struct {
				All       *rows
				LatestRun *row
				Page      *page
				RunStats  *statistic
				Health    *verdict
				Label     *string
				Paused    bool
			}
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		if a.notFound {
			for _, v := range l.versionsBetween(id, a.from.Add(-5*freshness), a.to) {
				if v.sync == nil {
					return
				}
			}
			l.Fatalf("not found, but it existed")
		}
		got := data.Sync
		runs := l.runsOf(a, got.All.Nodes)
		l.checkComplete(a, id, runs, !l.slowCalls)
		if n := *got.All.TotalCount; n < len(runs) || n > len(runs) != got.All.PageInfo.HasPreviousPage || got.All.PageInfo.HasNextPage {
			l.Fatalf("total %d of %d", *got.All.TotalCount, len(runs))
		}
		if selected&1 != 0 {
			if (got.LatestRun == nil) != (len(runs) == 0) || got.LatestRun != nil && got.LatestRun.key() != rowOf(runs[0]) {
				l.Fatalf("latest %+v", got.LatestRun)
			}
		}
		unchanged := l.unchanged(a)
		if l.slowCalls && !unchanged {
			return
		}
		if selected&2 != 0 && (unchanged || f.all) { // fields read separately may be from two times
			checkPage(*got.Page, "page", runs, *got.All.TotalCount-len(runs))
		}
		asc := slices.Clone(runs)
		slices.Reverse(asc)
		if selected&4 != 0 && unchanged {
			l.atSomeMoment(a, func() { l.checkStatistic(*got.RunStats, nil, g.of(asc), g, s) })
		}
		if selected&8 != 0 {
			wrong := ""
			for _, v := range l.versionsBetween(id, a.from.Add(-5*freshness), a.to) {
				if v.sync == nil {
					continue
				}
				wrong = l.failure(func() {
					l.atSomeMoment(a, func() {
						if want := healthOf(*v.sync, asc); got.Health.String() != want.String() {
							l.Fatalf("health %s, want %s", got.Health, want)
						}
					})
				})
				if wrong == "" {
					break
				}
			}
			if wrong != "" {
				l.Fatalf("%s", wrong)
			}
		}
		if selected&16 != 0 {
			l.checkSync(a, id, func(s sim.Sync) string { return fmt.Sprint(s.Label, s.Paused) }, fmt.Sprint(text(got.Label), got.Paused))
		}
	}}
}

// unchanged reports whether no run changed in the period of the answer.
func (l *changingWorld) unchanged(a *query) bool {
	for id := range l.syncs {
		all := l.versionsBetween(id, a.from, a.to)
		for _, v := range all {
			if !slices.Equal(v.runs, all[0].runs) {
				return false
			}
		}
	}
	return true
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// checkSync checks a value of a sync against its versions.
func (l *changingWorld) checkSync(a *query, id int64, of func(sim.Sync) string, got string) {
	var all []string
	for _, v := range l.versionsBetween(id, a.from.Add(-5*freshness), a.to) {
		if v.sync != nil {
			if of(*v.sync) == got {
				return
			}
			all = append(all, of(*v.sync))
		}
	}
	l.Fatalf("sync %d never was %s, but %q", id, got, all)
}

// queryTimeline queries runs of several syncs.
func (l *changingWorld) queryTimeline() *query {
	syncs, names := l.someSyncs()
	if names == "null" {
		syncs = nil
	}
	f, g := l.drawFilter(), l.drawFilter()
	if rapid.Bool().Draw(l.T, "no filter") {
		f = filter{text: "{}", all: true}
	}
	args, checkPage := l.drawPage(names, f)
	towardsNewer := strings.Contains(args, "ASC") == strings.Contains(args, "first:") // in the direction of newer runs, very new runs are held back
	s := l.drawSeries(g)
	s.groups.by = "TRIGGER" // because syncs may change
	selected := rapid.IntRange(0, 3).Draw(l.T, "fields")
	document := fmt.Sprintf("{ all: syncRuns(syncIds: %s, first: 1000) { totalCount nodes %s pageInfo { hasNextPage hasPreviousPage } } ", names, rowFields)
	if selected&1 != 0 {
		document += "page: syncRuns(syncIds: " + names + ", " + args + ") " + pageFields
	}
	if selected&2 != 0 {
		document += " syncRunStats(syncIds: " + names + ", filter: " + g.text + ") " + s.fields()
	}
	return &query{text: document + " }", check: func(a *query) {
		var data struct {
			All          rows
			Page         *page
			SyncRunStats *statistic
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		runs := l.runsOf(a, data.All.Nodes)
		if !slices.IsSortedFunc(runs, func(a, b sim.Run) int { return byCreation(b, a) }) {
			l.Fatalf("out of order")
		}
		if len(runs) >= 1000 || a.notFound {
			return
		}
		of := map[int64][]sim.Run{}
		for _, r := range runs {
			of[r.SyncID] = append(of[r.SyncID], r)
		}
		if n := *data.All.TotalCount; n != len(runs) || data.All.PageInfo.HasPreviousPage || data.All.PageInfo.HasNextPage {
			l.Fatalf("total %d of %d", *data.All.TotalCount, len(runs))
		}
		for _, s := range syncs {
			l.checkComplete(a, s.ID, of[s.ID], false)
		}
		if selected&1 != 0 {
			if towardsNewer || !l.unchanged(a) {
				if n := len(data.Page.Edges); n > 0 { // the page is part of the whole list
					l.runsOf(a, func() (rs []row) {
						for _, e := range data.Page.Edges {
							rs = append(rs, e.Node)
						}
						return rs
					}())
				}
			} else {
				checkPage(*data.Page, "page", runs, 0)
			}
		}
		asc := slices.Clone(runs)
		slices.Reverse(asc)
		if selected&2 != 0 && l.unchanged(a) {
			l.atSomeMoment(a, func() { l.checkStatistic(*data.SyncRunStats, nil, g.of(asc), g, s) })
		}
	}}
}

// queryRun queries a run by its id, with both fields.
func (l *changingWorld) queryRun() *query {
	var ids []int64
	for _, s := range l.world.census.Syncs() {
		runs := l.world.census.Runs(s.ID)
		for _, r := range runs[max(0, len(runs)-3):] {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	id := rapid.SampledFrom(ids).Draw(l.T, "run")
	document := fmt.Sprintf(`{ nodes(ids: ["SyncRun:%d"]) { ... on SyncRun %s } syncRun(id: %d) %s }`, id, rowFields, id, rowFields)
	return &query{text: document, check: func(a *query) {
		var data struct {
			Nodes   []*row
			SyncRun *row
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		if a.notFound {
			if end := l.removedAt[id]; end.IsZero() || end.After(a.to) {
				l.Fatalf("not found, but it existed")
			}
			return
		}
		if len(data.Nodes) != 1 || data.Nodes[0].key() != data.SyncRun.key() {
			l.Fatalf("node and syncRun return different runs")
		}
		if r, ok := l.find(*data.SyncRun); ok && outcomeOf(r) != "IN_PROGRESS" && a.to.Sub(r.UpdatedAt) > 10*time.Minute && a.to.Sub(r.CompletedAt) > 10*time.Minute {
			return // settled runs stay cached for long
		}
		l.runsOf(a, []row{*data.SyncRun})
	}}
}

// querySyncs queries the list of syncs.
func (l *changingWorld) querySyncs() *query {
	_, names := l.someSyncs()
	field := rapid.SampledFrom([]string{"CREATED_AT", "LABEL", "HEALTH"}).Draw(l.T, "field")
	asc := rapid.Bool().Draw(l.T, "asc")
	paused := rapid.SampledFrom([]string{"", ", filter: {paused: true}", ", filter: {paused: false}"}).Draw(l.T, "paused ones")
	document := fmt.Sprintf("{ syncs(ids: %s, orderBy: {field: %s, direction: %s}%s, first: 100) { totalCount nodes { id databaseId label paused updatedAt createdAt latestRun %s health %s } pageInfo { hasNextPage } } }",
		names, field, map[bool]string{true: "ASC", false: "DESC"}[asc], paused, rowFields, verdictFields)
	return &query{text: document, check: func(a *query) {
		var data struct {
			Syncs struct {
				TotalCount int
				Nodes      []struct {
					ID                   string
					DatabaseID           int64 `json:"databaseId"`
					Label                *string
					Paused               *bool
					CreatedAt, UpdatedAt *time.Time
					LatestRun            *row
					Health               *verdict
				}
			}
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		if !a.notFound && data.Syncs.TotalCount != len(data.Syncs.Nodes) {
			l.Fatalf("total")
		}
		var order []sim.Sync
		severity := map[int64]string{}
		for _, n := range data.Syncs.Nodes {
			if a.notFound && (n.Paused == nil || n.Health == nil) {
				return
			}
			if paused != "" && strings.Contains(paused, "true") != *n.Paused {
				l.Fatalf("%s does not pass", n.ID)
			}
			l.checkSync(a, n.DatabaseID, func(s sim.Sync) string { return fmt.Sprint(s.Label, s.Paused, s.UpdatedAt.UnixMilli()) }, fmt.Sprint(text(n.Label), *n.Paused, n.UpdatedAt.UnixMilli()))
			order = append(order, sim.Sync{ID: n.DatabaseID, Label: text(n.Label), CreatedAt: *n.CreatedAt})
			severity[n.DatabaseID] = n.Health.State
			if n.LatestRun != nil {
				r := l.runsOf(a, []row{*n.LatestRun})[0]
				found := false
				for _, v := range l.versionsBetween(n.DatabaseID, a.from, a.to) {
					found = found || len(v.runs) > 0 && v.runs[len(v.runs)-1].ID == r.ID
				}
				if !found {
					l.Fatalf("%d was not the newest", r.ID)
				}
			}
			wrong := ""
		tried:
			for _, v := range l.versionsBetween(n.DatabaseID, a.from.Add(-5*freshness), a.to) {
				for _, u := range l.versionsBetween(n.DatabaseID, a.from, a.to) {
					if v.sync == nil {
						continue
					}
					if wrong = l.failure(func() {
						l.atSomeMoment(a, func() {
							if want := healthOf(*v.sync, u.runs); n.Health.String() != want.String() {
								l.Fatalf("health %s, want %s", n.Health, want)
							}
						})
					}); wrong == "" {
						break tried
					}
				}
			}
			if wrong != "" {
				l.Fatalf("%s", wrong)
			}
		}
		sorted := slices.Clone(order)
		if field != "HEALTH" {
			l.order(sorted, field, asc)
			if !slices.Equal(sorted, order) {
				l.Fatalf("order")
			}
		} else if !slices.IsSortedFunc(order, func(x, y sim.Sync) int {
			d := slices.Index(worstFirst, severity[x.ID]) - slices.Index(worstFirst, severity[y.ID])
			if asc {
				return -d
			}
			return d
		}) {
			l.Fatalf("order of health")
		}
	}}
}
