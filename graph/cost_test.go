package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// newestSyncIDs returns the n newest syncs of the simulated workspace, as a JSON list.
func newestSyncIDs(census *sim.Census, n int) string {
	var list []string
	all := census.Syncs()
	for _, s := range all[len(all)-n:] {
		list = append(list, fmt.Sprint(s.ID))
	}
	b, _ := json.Marshal(list)
	return string(b)
}

// addSyncs adds n syncs with a few runs each, all created one after the other.
func addSyncs(census *sim.Census, n int) {
	for i := range n {
		id := census.AddSync(sim.Sync{CreatedAt: now.Add(time.Duration(i-n) * time.Minute)})
		for i := range 12 {
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(i-12) * time.Second)})
		}
	}
}

// The cost of queries in calls to Census, counted on the wire.
func TestCost(t *testing.T) {
	const dashboard = `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { id databaseId runs(first: 10) { totalCount nodes { id status } } } } }`
	const labelled = `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { label runs(first: 10) { nodes { id status } } } } }`
	for _, tt := range []struct {
		name  string
		syncs int
		query string
		ids   int
		calls int
	}{
		{"50 syncs and their runs", 200, dashboard, 50, 50},
		{"with labels, of 200", 200, labelled, 50, 50 + 4},
		{"with labels, of 60", 60, labelled, 50, 50 + 2},
		{"with labels, of 5000: fetching each is cheaper, once the length is known, which takes a call", 5000, labelled, 50, 50 + 1 + 50},
		{"two syncs with labels", 60, labelled, 2, 2 + 2},
		{"only a part of the named", 60, `query ($ids: [ID!]!) { syncs(ids: $ids, first: 3) { nodes { runs { totalCount } } } }`, 50, 3},
		{"a filter that passes every run", 60, `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { latestRun { id } runs(filter: {}, first: 10) { totalCount } } } }`, 5, 5},
		{"a filter, beside the newest run", 60, `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { latestRun { id } runs(filter: {outcomes: [FAILED]}, first: 10) { nodes { id } } all: runs(first: 10) { totalCount } } } }`, 5, 5},
		{"the workspace and the newest runs", 60, `{ syncs(first: 10) { nodes { label latestRun { id } } } }`, 0, 1 + 10},
		{"runs of listed syncs, by edges, twice", 60, `{ syncs(first: 10) { edges { node { a: runs(first: 5) { totalCount } b: runs(last: 5) { totalCount } } } } }`, 0, 1 + 10*2},
		{"the syncs of runs: listed once", 60, `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { runs(first: 2) { nodes { sync { label } } } } } }`, 20, 20 + 2},
		{"the whole workspace twice", 60, `{ a: syncs(first: 2, orderBy: {field: LABEL}) { totalCount } b: syncs(last: 2, orderBy: {field: LABEL}) { totalCount } }`, 0, 2},
		{"a skipped field", 60, `query ($ids: [ID!]!) { syncs(ids: $ids) { nodes { id label @skip(if: true) runs(first: 1) @include(if: false) { totalCount } } } }`, 50, 0},
		{"fields in fragments", 60, `query ($ids: [ID!]!) { syncs(ids: $ids) { ...C } } fragment C on SyncConnection { edges { node { ... on Sync { runs(first: 1) { totalCount } } ...N } } } fragment N on Node { id ... on Sync { latestRun { id } } }`, 5, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, census := serve(sim.Options{Empty: true})
			addSyncs(census, tt.syncs)
			answer := post(t, h, tt.query, `{"ids": `+newestSyncIDs(census, tt.ids)+`}`)
			if strings.Contains(answer, `"errors"`) {
				t.Fatal(answer)
			}
			if calls := census.Calls(); len(calls) != tt.calls {
				t.Errorf("%d calls, want %d:\n%s", len(calls), tt.calls, strings.Join(calls, "\n"))
			}
		})
	}
}

// A window of up to 100 runs anywhere in a list costs one call or two.
func TestCostOfDeepWindows(t *testing.T) {
	h, census := serve(sim.Options{})
	var page struct {
		Data struct {
			Sync struct {
				Runs struct {
					PageInfo struct{ EndCursor string }
				}
			}
		}
	}
	decode := func(answer string) string {
		if err := json.Unmarshal([]byte(answer), &page); err != nil {
			t.Fatal(err)
		}
		return page.Data.Sync.Runs.PageInfo.EndCursor
	}
	const query = `query ($after: String, $first: Int) { sync(id: 52) { runs(first: $first, after: $after) { pageInfo { endCursor } } } }`
	after := decode(post(t, h, query, `{"first": 30}`))
	for i := range 30 {
		census.ResetCalls()
		next := decode(post(t, h, query, fmt.Sprintf(`{"first": %d, "after": %q}`, 1+i*37%100, after)))
		if n := len(census.Calls()); n < 1 || n > 2 {
			t.Errorf("page %d took %d calls: %v", i, n, census.Calls())
		}
		after = next
	}
}
