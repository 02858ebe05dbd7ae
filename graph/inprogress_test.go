package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// runsInProgress returns the runs in progress of a sync, oldest first, from its whole history.
func runsInProgress(census *sim.Census, ids ...int64) (names []string) {
	var runs []sim.Run
	for _, id := range ids {
		for _, r := range census.Runs(id) {
			if (r.Status == "working" || r.Status == "queued") && !r.Canceled && r.CompletedAt.IsZero() {
				runs = append(runs, r)
			}
		}
	}
	slices.SortFunc(runs, func(a, b sim.Run) int {
		if c := a.CreatedAt.Compare(b.CreatedAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	for _, r := range runs {
		names = append(names, fmt.Sprintf("SyncRun:%d", r.ID))
	}
	return names
}

// checkRunsInProgress queries the runs in progress in every possible way and compares the answers
// with the whole histories.
func checkRunsInProgress(fatalf func(string, ...any), ask func(query string) string, census *sim.Census) {
	var all []int64
	for _, s := range census.Syncs() {
		all = append(all, s.ID)
	}
	lists := []struct {
		field string
		ids   []int64
	}{{"syncRuns(", all}}
	for _, id := range all {
		lists = append(lists, struct {
			field string
			ids   []int64
		}{fmt.Sprintf("sync(id: %d) { runs(", id), []int64{id}})
	}
	for _, l := range lists {
		there := runsInProgress(census, l.ids...)
		for _, order := range []string{"DESC", "ASC"} {
			for _, side := range []string{"first", "last"} {
				query := fmt.Sprintf(`{ %sfilter: {outcomes: [IN_PROGRESS]}, orderBy: {direction: %s}, %s: 3) { nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage } }`, l.field, order, side)
				query += strings.Repeat(" }", strings.Count(query, "{")-strings.Count(query, "}"))
				type page struct {
					Nodes      []struct{ ID string }
					TotalCount *int
					PageInfo   struct{ HasNextPage, HasPreviousPage bool }
				}
				var answer struct {
					Errors []gqlError
					Data   struct {
						SyncRuns page
						Sync     struct{ Runs page }
					}
				}
				text := ask(query)
				if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Errors != nil {
					fatalf("%v %s", err, text)
				}
				got := answer.Data.SyncRuns
				if strings.Contains(l.field, "sync(") {
					got = answer.Data.Sync.Runs
				}
				want := slices.Clone(there)
				if order == "DESC" {
					slices.Reverse(want)
				}
				total := len(want)
				if total > 3 && side == "first" {
					want = want[:3]
				} else if total > 3 {
					want = want[total-3:]
				}
				var ids []string
				for _, n := range got.Nodes {
					ids = append(ids, n.ID)
				}
				if more := got.PageInfo.HasNextPage || got.PageInfo.HasPreviousPage; !slices.Equal(ids, want) || more != (total > 3) {
					fatalf("%s: %v, more: %t, want %v of %d", query, ids, more, want, total)
				}
				if got.TotalCount != nil && *got.TotalCount != total {
					fatalf("%s: %d in all, want %d", query, *got.TotalCount, total)
				}
			}
		}
	}
	var stats struct {
		Errors []gqlError
		Data   struct {
			A, B, C struct {
				TotalRuns int
				Truncated bool
			}
		}
	}
	text := ask(`{ a: syncRunStats(filter: {outcomes: [IN_PROGRESS]}) { totalRuns truncated } b: syncRunStats(filter: {outcomes: [IN_PROGRESS], dryRun: false}) { totalRuns truncated }
		c: syncRunStats(filter: {outcomes: [IN_PROGRESS], dryRun: true}) { totalRuns truncated } }`)
	if err := json.Unmarshal([]byte(text), &stats); err != nil || stats.Errors != nil {
		fatalf("%v %s", err, text)
	}
	if n := len(runsInProgress(census, all...)); stats.Data.A.TotalRuns != n || stats.Data.B.TotalRuns+stats.Data.C.TotalRuns != n || stats.Data.A.Truncated {
		fatalf("%+v, want %d", stats.Data, n)
	}
}

// The search finds the same runs in progress as one through whole histories, if runs follow each
// other as Census documents: a run that starts while another is in progress is skipped. Dry runs
// may end meanwhile, and runs may have unknown statuses or be canceled.
func TestRunsInProgress(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h, census := serve(sim.Options{Empty: true})
		for range rapid.IntRange(1, 3).Draw(rt, "syncs") {
			id := census.AddSync(sim.Sync{})
			n := rapid.SampledFrom([]int{0, 3, 30, 130}).Draw(rt, "runs")
			busy := rapid.IntRange(-1, n).Draw(rt, "busy from") // the run that is still in progress
			for i := range n {
				r := sim.Run{CreatedAt: now.Add(time.Duration(i-n) * time.Minute)}
				switch kind := rapid.IntRange(0, 9).Draw(rt, "kind"); {
				case kind == 0: // no document says whether it waits for others, but it is certainly over
					r.Tag, r.CompletedAt = "Dry Run", r.CreatedAt.Add(time.Second)
				case kind == 1:
					r.Status = "awaiting_capacity"
				case i == busy && kind == 2:
					r.Status, r.Tag = "working", "Dry Run"
				case i == busy && kind == 3:
					r.Status = "queued"
				case i == busy:
					r.Status = "working"
				case busy >= 0 && i > busy:
					r.Status = "skipped"
					if kind == 4 {
						r.Canceled = true
					}
				case kind == 5:
					r.Canceled = true
				case kind < 8:
					r.Status = "failed" // without an end
				}
				census.AddRun(id, r)
			}
		}
		checkRunsInProgress(rt.Fatalf, func(query string) string { return post(t, h, query, "{}") }, census)
	})
}

// The believable workspace always has some, one of them stuck for days. Finding them takes few
// calls.
func TestRunsInProgressAreNearTheNewest(t *testing.T) {
	clock := now
	h, census := serve(sim.Options{Now: func() time.Time { return clock }})
	for range 2 {
		checkRunsInProgress(t.Fatalf, func(query string) string { return post(t, h, query, "{}") }, census)
		clock = clock.Add(7*time.Hour + 33*time.Second)
	}
	for _, field := range []string{"syncRuns(first: 100, filter: {outcomes: [IN_PROGRESS]}) { nodes { id } }", "syncRunStats(filter: {outcomes: [IN_PROGRESS]}) { totalRuns }",
		"syncRuns(last: 100, filter: {outcomes: [IN_PROGRESS]}) { nodes { id } }"} {
		census.ResetCalls()
		post(t, h, "{ "+field+" }", "{}")
		if n, syncs := len(census.Calls()), len(census.Syncs()); n > syncs+5 {
			t.Errorf("%s: %d calls for %d syncs", field, n, syncs)
		}
	}
}

// If no run of a sync ever ends, the search stops at the read limit with an error.
func TestRunsInProgressBeyondTheLimit(t *testing.T) {
	census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }})
	id := census.AddSync(sim.Sync{})
	for range 1000 {
		census.AddRun(id, sim.Run{Status: "skipped"})
	}
	for _, field := range []string{fmt.Sprintf("sync(id: %d) { runs(", id), "syncRuns("} {
		for _, order := range []string{"ASC", "DESC"} {
			h := withReadLimit(4, census, remembering)
			query := fmt.Sprintf("{ %sfilter: {outcomes: [IN_PROGRESS]}, orderBy: {direction: %s}) { nodes { id } }", field, order)
			query += strings.Repeat(" }", strings.Count(query, "{")-strings.Count(query, "}"))
			text := post(t, h, query, "{}")
			for _, part := range []string{"QUERY_TOO_EXPENSIVE", fmt.Sprintf("the runs in progress of sync %d", id), "the 4 calls"} {
				if !strings.Contains(text, part) {
					t.Errorf("%s: no %q in %s", query, part, text)
				}
			}
		}
	}
}
