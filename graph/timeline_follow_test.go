package graph_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A client that follows the timeline, oldest first and each time from the last run shown, sees
// every run once and in order. Its syncs are read at different times, runs are created between
// calls, and clocks differ. It holds with and without a page cache.
func TestFollowTimeline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		by := rapid.SampledFrom([]upstream.Options{{}, remembering}).Draw(rt, "memory")
		filter := rapid.SampledFrom([]string{"", "filter: {statuses: [FAILED]}"}).Draw(rt, "filter")
		backwards := rapid.Bool().Draw(rt, "newest first, from the end")
		skew := time.Duration(rapid.IntRange(-4, 4).Draw(rt, "skew")) * time.Second
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "chance"), 0))
		wrong := ""
		synctest.Test(t, func(t *testing.T) {
			h, census := serveBy(by, sim.Options{Empty: true, Now: func() time.Time { return time.Now().Add(skew) }})
			syncs := []int64{census.AddSync(sim.Sync{}), census.AddSync(sim.Sync{}), census.AddSync(sim.Sync{})}
			var mu sync.Mutex // guards the random source
			n := func(most int) int {
				mu.Lock()
				defer mu.Unlock()
				return chance.IntN(most)
			}
			create := func() {
				for range n(3) {
					census.AddRun(syncs[n(len(syncs))], sim.Run{Status: []string{"completed", "failed"}[n(2)]})
					time.Sleep(time.Duration(n(400)) * time.Millisecond)
				}
			}
			census.OnCall(func(*http.Request) { create() })

			args := "first: 3, after: $cursor, orderBy: {direction: ASC}"
			if backwards {
				args = "last: 3, before: $cursor, orderBy: {direction: DESC}"
			}
			query := fmt.Sprintf(`query ($cursor: String) { syncRuns(%s %s) {
				edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, args, filter)
			var seen []string
			var cursor *string
			poll := func() (more bool) {
				variables, _ := json.Marshal(map[string]any{"cursor": cursor})
				var answer struct {
					Errors []gqlError
					Data   struct{ SyncRuns connection }
				}
				if err := json.Unmarshal([]byte(post(t, h, query, string(variables))), &answer); err != nil || answer.Errors != nil {
					wrong = fmt.Sprint(err, answer.Errors)
				}
				c := answer.Data.SyncRuns
				if backwards {
					slices.Reverse(c.Edges)
				}
				for _, e := range c.Edges {
					seen, cursor = append(seen, e.Node.ID), &e.Cursor
				}
				return c.PageInfo.HasNextPage && !backwards || c.PageInfo.HasPreviousPage && backwards
			}
			for range 12 {
				create()
				poll()
				time.Sleep(time.Duration(n(7)) * time.Second)
			}
			census.OnCall(func(*http.Request) {})
			time.Sleep(time.Minute)
			for poll() {
			}
			var all []string
			for _, id := range syncs {
				for _, r := range census.Runs(id) {
					if filter == "" || r.Status == "failed" {
						all = append(all, fmt.Sprintf("SyncRun:%d", r.ID))
					}
				}
			}
			if slices.Sort(all); !slices.Equal(seen, all) {
				wrong = fmt.Sprintf("%d of %d runs:\n%s\nwant\n%s", len(seen), len(all), strings.Join(seen, " "), strings.Join(all, " "))
			}
		})
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// A run created in the future, because of a wrong clock, is shown from the newest end. It does
// not hide new runs from a client that follows the list.
func TestFollowTimelineIntoTheFuture(t *testing.T) {
	for _, by := range []upstream.Options{{}, remembering} {
		for _, others := range []int{0, 1} {
			for _, backwards := range []bool{false, true} {
				wrong := ""
				synctest.Test(t, func(t *testing.T) {
					h, census := serveBy(by, sim.Options{Empty: true, Now: time.Now})
					id := census.AddSync(sim.Sync{})
					for range others {
						census.AddSync(sim.Sync{})
					}
					var created []string
					create := func(at time.Time) int64 { return census.AddRun(id, sim.Run{CreatedAt: at, CompletedAt: at}) }
					poll := func(cursor *string, args string) connection {
						variables, _ := json.Marshal(map[string]any{"cursor": cursor})
						var answer struct {
							Errors []gqlError
							Data   struct{ SyncRuns connection }
						}
						query := fmt.Sprintf(`query ($cursor: String) { syncRuns(%s) {
							edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`, args)
						if err := json.Unmarshal([]byte(post(t, h, query, string(variables))), &answer); err != nil || answer.Errors != nil {
							wrong = fmt.Sprint(err, answer.Errors)
						}
						return answer.Data.SyncRuns
					}
					var seen []string
					var cursor *string
					follow := func() {
						args := "first: 3, after: $cursor, orderBy: {direction: ASC}"
						if backwards {
							args = "last: 3, before: $cursor"
						}
						for more := true; more; {
							c := poll(cursor, args)
							more = c.PageInfo.HasNextPage && !backwards || c.PageInfo.HasPreviousPage && backwards
							if backwards {
								slices.Reverse(c.Edges)
							}
							for _, e := range c.Edges {
								seen, cursor = append(seen, e.Node.ID), &e.Cursor
							}
						}
					}
					future := create(time.Now().Add(87_600 * time.Hour))
					for range 6 {
						for range 4 {
							created = append(created, fmt.Sprintf("SyncRun:%d", create(time.Now())))
							time.Sleep(time.Second)
						}
						time.Sleep(time.Minute)
						follow()
						if newest := poll(nil, "first: 1, after: $cursor").Edges; len(newest) != 1 || newest[0].Node.ID != fmt.Sprintf("SyncRun:%d", future) {
							wrong = fmt.Sprintf("the newest is %v, want %d", newest, future)
						}
					}
					if wrong == "" && !slices.Equal(seen, created) {
						wrong = fmt.Sprintf("saw %v, want %v", seen, created)
					}
				})
				if wrong != "" {
					t.Errorf("%d others, backwards %t: %s", others, backwards, wrong)
				}
			}
		}
	}
}
