package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// If a sync fails while runs are merged, the page ends at the last known place. An error names
// the sync, and the next page continues exactly there.
func TestTimelineFailsHalfWay(t *testing.T) {
	fails := map[string]sim.Effect{
		"UPSTREAM_UNAVAILABLE": sim.JSON(http.StatusInternalServerError, `{"status":500}`),
		"UPSTREAM_TIMEOUT":     sim.Hang(),
	}
	for code, effect := range fails {
		for _, filter := range []string{"{}", "{statuses: [FAILED]}", `{createdBefore: "2000-01-01T00:00:00Z"}`} {
			for _, order := range []string{"ASC", "DESC"} {
				for _, backwards := range []bool{false, true} {
					args := fmt.Sprintf("filter: %s, orderBy: {direction: %s}", filter, order)
					t.Run(fmt.Sprint(code, args, backwards), func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { failHalfWay(t, code, effect, args, backwards) })
					})
				}
			}
		}
	}
}

func failHalfWay(t *testing.T, code string, effect sim.Effect, args string, backwards bool) {
	h, census := serve(sim.Options{Empty: true, Now: time.Now})
	syncs := []int64{census.AddSync(sim.Sync{}), census.AddSync(sim.Sync{}), census.AddSync(sim.Sync{})}
	var all []string
	for i := range 1000 {
		run := sim.Run{CreatedAt: time.Now().Add(time.Duration(i-1100) * time.Minute), Status: []string{"failed", "completed"}[i/3%2]}
		id := census.AddRun(syncs[i%3], run)
		if run.Status == "failed" || !strings.Contains(args, "FAILED") {
			all = append(all, fmt.Sprintf("SyncRun:%d", id))
		}
	}
	if strings.Contains(args, "DESC") {
		slices.Reverse(all)
	}
	page := func(cursor *string) (ids []string, next *string, total *int, errs []gqlError) {
		args := args + ", first: 600, after: $cursor"
		if backwards {
			args = strings.Replace(args, "first: 600, after", "last: 600, before", 1)
		}
		variables, _ := json.Marshal(map[string]any{"cursor": cursor})
		text := post(t, h, fmt.Sprintf(`query ($cursor: String) { syncRuns(syncIds: [%d, %d, %d], %s) {
			totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
			syncs[0], syncs[1], syncs[2], args), string(variables))
		var answer struct {
			Errors []gqlError
			Data   struct {
				SyncRuns *struct {
					TotalCount *int
					connection
				}
			}
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Data.SyncRuns == nil {
			t.Fatalf("%v: %s", err, text)
		}
		c := answer.Data.SyncRuns
		for _, e := range c.Edges {
			ids = append(ids, e.Node.ID)
		}
		switch {
		case backwards && c.PageInfo.HasPreviousPage:
			next = c.PageInfo.StartCursor
		case !backwards && c.PageInfo.HasNextPage:
			next = c.PageInfo.EndCursor
		}
		return ids, next, c.TotalCount, answer.Errors
	}

	var calls atomic.Int32
	path := sim.Path(fmt.Sprintf("/syncs/%d/sync_runs", syncs[1]))
	heal := census.Inject(sim.Fault{Match: func(r *http.Request) bool { return path(r) && calls.Add(1) > 1 }, Do: effect})
	seen, next, total, errs := page(nil)
	heal()
	if len(errs) != 1 || errs[0].Extensions["code"] != code || !strings.Contains(errs[0].Message, fmt.Sprintf("sync %d", syncs[1])) {
		t.Errorf("errors %v", errs)
	}
	if next == nil || total != nil || len(seen) == 0 || len(seen) >= 600 {
		t.Errorf("%d runs, total %v, goes on at %v", len(seen), total, next)
	}
	for next != nil {
		var ids []string
		if ids, next, _, errs = page(next); errs != nil {
			t.Fatal(errs)
		}
		if backwards {
			seen = append(ids, seen...)
		} else {
			seen = append(seen, ids...)
		}
	}
	if !slices.Equal(seen, all) {
		t.Errorf("%d runs: %v\nwant %d: %v", len(seen), seen, len(all), all)
	}
}

// If the time is up before any sync is read further, the known runs are answered, with an error
// for each sync.
func TestTimelineOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serve(sim.Options{Empty: true, Now: time.Now})
		for range 2 {
			id := census.AddSync(sim.Sync{})
			for i := range 30 {
				census.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-100) * time.Minute)})
			}
		}
		var calls atomic.Int32
		census.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/sync_runs") && calls.Add(1) > 2 }, Do: sim.Delay(time.Minute)})
		text := post(t, h, `{ syncRuns(first: 60) { nodes { id sync { label } } pageInfo { hasNextPage } } syncs { nodes { id } } }`, "{}")
		var answer struct {
			Errors []gqlError
			Data   struct {
				SyncRuns struct {
					Nodes    []any
					PageInfo struct{ HasNextPage bool }
				}
				Syncs struct{ Nodes []any }
			}
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Data.SyncRuns.Nodes) == 0 || !answer.Data.SyncRuns.PageInfo.HasNextPage || len(answer.Data.Syncs.Nodes) != 2 {
			t.Errorf("%v: %s", err, text)
		}
		if len(answer.Errors) == 0 || answer.Errors[0].Extensions["code"] != "UPSTREAM_TIMEOUT" {
			t.Errorf("errors %v", answer.Errors)
		}
	})
}
