package graph_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// Lists of many syncs, filtered lists and both obey the law for a sync's own list. Every run that
// exists throughout and passes the filter is shown exactly once and in order, in both directions
// of both orders. Runs may be created between calls to Census, and removed between queries.
func TestWalkTimeline(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var mu sync.Mutex
		clock := now
		ties := rapid.SampledFrom(sim.TieOrders).Draw(rt, "order of ties")
		h, census := serve(sim.Options{Empty: true, Ties: ties, Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return clock
		}})
		var syncs []int64
		var names []string
		for range rapid.IntRange(1, 4).Draw(rt, "syncs") {
			syncs = append(syncs, census.AddSync(sim.Sync{}))
			names = append(names, fmt.Sprintf("%q", fmt.Sprint(syncs[len(syncs)-1])))
		}
		// Calls run concurrently. So the changes between them are drawn from one source under one
		// lock, which also covers the clock.
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "chance"), 0))
		create := func(n int) {
			for range n {
				mu.Lock()
				clock = clock.Add([]time.Duration{0, time.Millisecond, time.Second}[chance.IntN(3)])
				sync, status := syncs[chance.IntN(len(syncs))], []string{"completed", "failed"}[chance.IntN(2)]
				mu.Unlock()
				census.AddRun(sync, sim.Run{Status: status})
			}
		}
		create(rapid.IntRange(0, 150).Draw(rt, "runs"))
		since := now.Add(time.Duration(rapid.IntRange(0, 60).Draw(rt, "since")) * time.Second)
		filter := rapid.SampledFrom([]string{"", "{}", "{statuses: [FAILED]}",
			fmt.Sprintf("{createdSince: %q}", since.Format(time.RFC3339)),
			fmt.Sprintf("{createdBefore: %q, outcomes: [FAILED, SUCCEEDED]}", since.Format(time.RFC3339)),
		}).Draw(rt, "filter")
		passes := func(r sim.Run) bool {
			switch {
			case strings.Contains(filter, "statuses"):
				return r.Status == "failed"
			case strings.Contains(filter, "createdSince"):
				return !r.CreatedAt.Before(since)
			case strings.Contains(filter, "createdBefore"):
				return r.CreatedAt.Before(since)
			}
			return true
		}
		there := func() map[string]bool {
			all := map[string]bool{}
			for _, id := range syncs {
				for _, r := range census.Runs(id) {
					if passes(r) {
						all[fmt.Sprintf("SyncRun:%d", r.ID)] = true
					}
				}
			}
			return all
		}
		stayed := there()
		budget := 30
		census.OnCall(func(*http.Request) {
			mu.Lock()
			n := min(budget, []int{0, 0, 0, 1, 4}[chance.IntN(5)])
			budget -= n
			mu.Unlock()
			create(n)
		})
		order := rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(rt, "order")
		args := fmt.Sprintf("first: $first, after: $after, last: $last, before: $before, orderBy: {direction: %s}", order)
		if filter != "" {
			args += ", filter: " + filter
		}
		const shape = "{ totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
		list, at := fmt.Sprintf("syncRuns(syncIds: [%s], %s) %s", strings.Join(names, ","), args, shape), []string{"syncRuns"}
		if len(syncs) == 1 {
			list, at = fmt.Sprintf("sync(id: %s) { runs(%s) %s }", names[0], args, shape), []string{"sync", "runs"}
		}
		w := pageWalk{t: rt, tb: t, h: h, ties: ties, at: at,
			query:     "query ($first: Int, $after: String, $last: Int, $before: String) { " + list + " }",
			backwards: rapid.Bool().Draw(rt, "backwards"),
			limit:     rapid.SampledFrom([]int{1, 7, 25, 100}).Draw(rt, "limit"),
			between: func() {
				census.Prune(rapid.SampledFrom(syncs).Draw(rt, "pruned sync"), rapid.SampledFrom([]int{0, 0, 0, 1, 20}).Draw(rt, "pruned"))
				left := there()
				for id := range stayed {
					if !left[id] {
						delete(stayed, id)
					}
				}
			}}
		ids, ok := w.ids()
		if !ok {
			return
		}
		sorted := slices.Sorted(slices.Values(ids))
		if order == "DESC" {
			slices.Reverse(sorted)
		}
		if !slices.Equal(ids, slices.Compact(slices.Clone(sorted))) {
			rt.Fatalf("not in order, or twice: %v", ids)
		}
		for id := range stayed {
			if !slices.Contains(ids, id) {
				rt.Fatalf("%s was there throughout and is missing of %v", id, ids)
			}
		}
	})
}
