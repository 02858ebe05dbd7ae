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

// oneSync asks all of one sync.
func (l *living) oneSync() *question {
	id := l.pickSync()
	f, g := l.drawFilter(), l.drawFilter()
	if rapid.Bool().Draw(l.T, "no filter") {
		f = filter{text: "{}", all: true}
	}
	args, checkPage := l.drawPage(fmt.Sprint(id), f)
	s := l.drawSeries(g)
	s.groups.by = "TRIGGER" // syncs may change
	fields := []string{"latestRun " + rowFields, "page: runs(" + args + ") " + pageFields, "runStats(filter: " + g.text + ") " + s.fields(), "health " + verdictFields, "label paused"}
	asks := rapid.IntRange(1, 31).Draw(l.T, "fields")
	query := fmt.Sprintf("{ sync(id: %d) { all: runs(first: 1000) { totalCount nodes %s pageInfo { hasNextPage hasPreviousPage } }", id, rowFields)
	for i, f := range fields {
		if asks&(1<<i) != 0 {
			query += " " + f
		}
	}
	return &question{query: query + " } }", check: func(a *question) {
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
		if a.gone {
			for _, v := range l.during(id, a.from.Add(-5*freshness), a.to) {
				if v.sync == nil {
					return
				}
			}
			l.Fatalf("it was there")
		}
		got := data.Sync
		runs := l.tells(a, got.All.Nodes)
		l.whole(a, id, runs, !l.slow)
		if n := *got.All.TotalCount; n < len(runs) || n > len(runs) != got.All.PageInfo.HasPreviousPage || got.All.PageInfo.HasNextPage {
			l.Fatalf("total %d of %d", *got.All.TotalCount, len(runs))
		}
		if asks&1 != 0 {
			if (got.LatestRun == nil) != (len(runs) == 0) || got.LatestRun != nil && got.LatestRun.flat() != rowOf(runs[0]) {
				l.Fatalf("latest %+v", got.LatestRun)
			}
		}
		still := l.still(a)
		if l.slow && !still {
			return
		}
		if asks&2 != 0 && (still || f.all) { // what is not read in one may be of two moments
			checkPage(*got.Page, "page", runs, *got.All.TotalCount-len(runs))
		}
		asc := slices.Clone(runs)
		slices.Reverse(asc)
		if asks&4 != 0 && still {
			l.everywhen(a, func() { l.checkStatistic(*got.RunStats, nil, g.of(asc), g, s) })
		}
		if asks&8 != 0 {
			wrong := ""
			for _, v := range l.during(id, a.from.Add(-5*freshness), a.to) {
				if v.sync == nil {
					continue
				}
				wrong = l.untrue(func() {
					l.everywhen(a, func() {
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
		if asks&16 != 0 {
			l.oneOf(a, id, func(s sim.Sync) string { return fmt.Sprint(s.Label, s.Paused) }, fmt.Sprint(text(got.Label), got.Paused))
		}
	}}
}

// still tells whether nothing changed of any runs while the answer counts.
func (l *living) still(a *question) bool {
	for id := range l.syncs {
		all := l.during(id, a.from, a.to)
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

// oneOf holds what is told of a sync against what it was.
func (l *living) oneOf(a *question, id int64, of func(sim.Sync) string, told string) {
	var all []string
	for _, v := range l.during(id, a.from.Add(-5*freshness), a.to) {
		if v.sync != nil {
			if of(*v.sync) == told {
				return
			}
			all = append(all, of(*v.sync))
		}
	}
	l.Fatalf("sync %d never was %s, but %q", id, told, all)
}

// timeline asks of many syncs together.
func (l *living) timeline() *question {
	syncs, names := l.someSyncs()
	if names == "null" {
		syncs = nil
	}
	f, g := l.drawFilter(), l.drawFilter()
	if rapid.Bool().Draw(l.T, "no filter") {
		f = filter{text: "{}", all: true}
	}
	args, checkPage := l.drawPage(names, f)
	follows := strings.Contains(args, "ASC") == strings.Contains(args, "first:") // towards newer runs, what is too new is held back
	s := l.drawSeries(g)
	s.groups.by = "TRIGGER" // syncs may change
	asks := rapid.IntRange(0, 3).Draw(l.T, "fields")
	query := fmt.Sprintf("{ all: syncRuns(syncIds: %s, first: 1000) { totalCount nodes %s pageInfo { hasNextPage hasPreviousPage } } ", names, rowFields)
	if asks&1 != 0 {
		query += "page: syncRuns(syncIds: " + names + ", " + args + ") " + pageFields
	}
	if asks&2 != 0 {
		query += " syncRunStats(syncIds: " + names + ", filter: " + g.text + ") " + s.fields()
	}
	return &question{query: query + " }", check: func(a *question) {
		var data struct {
			All          rows
			Page         *page
			SyncRunStats *statistic
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		runs := l.tells(a, data.All.Nodes)
		if !slices.IsSortedFunc(runs, func(a, b sim.Run) int { return byCreation(b, a) }) {
			l.Fatalf("out of order")
		}
		if len(runs) >= 1000 || a.gone {
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
			l.whole(a, s.ID, of[s.ID], false)
		}
		if asks&1 != 0 {
			if follows || !l.still(a) {
				if n := len(data.Page.Edges); n > 0 { // those shown are a stretch of the whole
					l.tells(a, func() (rs []row) {
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
		if asks&2 != 0 && l.still(a) {
			l.everywhen(a, func() { l.checkStatistic(*data.SyncRunStats, nil, g.of(asc), g, s) })
		}
	}}
}

// single asks for runs by their ids.
func (l *living) single() *question {
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
	query := fmt.Sprintf(`{ nodes(ids: ["SyncRun:%d"]) { ... on SyncRun %s } syncRun(id: %d) %s }`, id, rowFields, id, rowFields)
	return &question{query: query, check: func(a *question) {
		var data struct {
			Nodes   []*row
			SyncRun *row
		}
		if err := json.Unmarshal(a.data, &data); err != nil {
			l.Fatalf("%v", err)
		}
		if a.gone {
			if end := l.ended[id]; end.IsZero() || end.After(a.to) {
				l.Fatalf("it was there")
			}
			return
		}
		if len(data.Nodes) != 1 || data.Nodes[0].flat() != data.SyncRun.flat() {
			l.Fatalf("two of one run")
		}
		if r, ok := l.asTold(*data.SyncRun); ok && outcomeOf(r) != "IN_PROGRESS" && a.to.Sub(r.UpdatedAt) > 10*time.Minute && a.to.Sub(r.CompletedAt) > 10*time.Minute {
			return // settled: it is kept for long
		}
		l.tells(a, []row{*data.SyncRun})
	}}
}

// workspace asks for the list of syncs.
func (l *living) workspace() *question {
	_, names := l.someSyncs()
	field := rapid.SampledFrom([]string{"CREATED_AT", "LABEL", "HEALTH"}).Draw(l.T, "field")
	asc := rapid.Bool().Draw(l.T, "asc")
	paused := rapid.SampledFrom([]string{"", ", filter: {paused: true}", ", filter: {paused: false}"}).Draw(l.T, "paused ones")
	query := fmt.Sprintf("{ syncs(ids: %s, orderBy: {field: %s, direction: %s}%s, first: 100) { totalCount nodes { id databaseId label paused updatedAt createdAt latestRun %s health %s } pageInfo { hasNextPage } } }",
		names, field, map[bool]string{true: "ASC", false: "DESC"}[asc], paused, rowFields, verdictFields)
	return &question{query: query, check: func(a *question) {
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
		if !a.gone && data.Syncs.TotalCount != len(data.Syncs.Nodes) {
			l.Fatalf("total")
		}
		var order []sim.Sync
		severity := map[int64]string{}
		for _, n := range data.Syncs.Nodes {
			if a.gone && (n.Paused == nil || n.Health == nil) {
				return
			}
			if paused != "" && strings.Contains(paused, "true") != *n.Paused {
				l.Fatalf("%s does not pass", n.ID)
			}
			l.oneOf(a, n.DatabaseID, func(s sim.Sync) string { return fmt.Sprint(s.Label, s.Paused, s.UpdatedAt.UnixMilli()) }, fmt.Sprint(text(n.Label), *n.Paused, n.UpdatedAt.UnixMilli()))
			order = append(order, sim.Sync{ID: n.DatabaseID, Label: text(n.Label), CreatedAt: *n.CreatedAt})
			severity[n.DatabaseID] = n.Health.State
			if n.LatestRun != nil {
				r := l.tells(a, []row{*n.LatestRun})[0]
				found := false
				for _, v := range l.during(n.DatabaseID, a.from, a.to) {
					found = found || len(v.runs) > 0 && v.runs[len(v.runs)-1].ID == r.ID
				}
				if !found {
					l.Fatalf("%d was not the newest", r.ID)
				}
			}
			wrong := ""
		tried:
			for _, v := range l.during(n.DatabaseID, a.from.Add(-5*freshness), a.to) {
				for _, u := range l.during(n.DatabaseID, a.from, a.to) {
					if v.sync == nil {
						continue
					}
					if wrong = l.untrue(func() {
						l.everywhen(a, func() {
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
