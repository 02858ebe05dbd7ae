package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// A client at the end of a list gets back the cursor that it sent, while no new rows arrive:
// forward as endCursor, backward as startCursor. New rows are found from there.
func TestEndOfListKeepsItsCursor(t *testing.T) {
	for _, list := range []string{
		"sync(id: 1) { list: runs(%s) @ }",
		"sync(id: 1) { list: runs(%s, orderBy: {direction: ASC}) @ }",
		"sync(id: 1) { list: runs(%s, orderBy: {direction: ASC}, filter: {outcomes: [SUCCEEDED]}) @ }",
		"sync(id: 1) { list: runs(%s, filter: {outcomes: [SUCCEEDED]}) @ }",
		"list: syncRuns(%s) @",
		"list: syncRuns(%s, orderBy: {direction: ASC}) @",
		"list: syncRuns(%s, orderBy: {direction: ASC}, filter: {outcomes: [SUCCEEDED]}) @",
		"list: syncRuns(%s, syncIds: [1, 2], orderBy: {direction: ASC}) @",
		"list: syncs(%s) @",
		"list: syncs(%s, orderBy: {field: CREATED_AT, direction: ASC}) @",
		"list: syncs(%s, orderBy: {field: LABEL, direction: ASC}) @",
		"list: syncs(%s, ids: [1, 2]) @",
	} {
		for _, backward := range []bool{false, true} {
			now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
			h, census := serve(sim.Options{Empty: true, Now: func() time.Time { return now }})
			for range 2 {
				id := census.AddSync(sim.Sync{Label: "a", CreatedAt: now.Add(-time.Hour)})
				for i := range 3 {
					census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(i-10) * time.Minute)})
				}
			}
			ask := func(cursor *string) (page filteredPage) {
				t.Helper()
				args := "first: 50, after: $cursor"
				if backward {
					args = "last: 50, before: $cursor"
				}
				query := strings.Replace("query ($cursor: String) { "+fmt.Sprintf(list, args)+" }", "@",
					"{ totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }", 1)
				variables, _ := json.Marshal(map[string]any{"cursor": cursor})
				var a struct {
					Errors []gqlError
					Data   struct {
						List filteredPage
						Sync struct{ List filteredPage }
					}
				}
				if err := json.Unmarshal([]byte(post(t, h, query, string(variables))), &a); err != nil || a.Errors != nil {
					t.Fatalf("%s: %v, %v", query, err, a.Errors)
				}
				if strings.HasPrefix(list, "sync(") {
					return a.Data.Sync.List
				}
				return a.Data.List
			}
			far := func(page filteredPage) *string {
				if backward {
					return page.PageInfo.StartCursor
				}
				return page.PageInfo.EndCursor
			}
			all := ask(nil)
			end := far(all)
			if len(all.Nodes) < 2 || end == nil {
				t.Fatalf("%s: %+v", list, all)
			}
			for range 3 {
				page := ask(end)
				if again := far(page); len(page.Nodes) > 0 || page.PageInfo.HasNextPage && !backward || page.PageInfo.HasPreviousPage && backward || again == nil || *again != *end {
					t.Errorf("%s, backward %t: %+v, want the cursor %s", list, backward, page, *end)
				}
			}
			now = now.Add(time.Hour)
			id := census.AddSync(sim.Sync{Label: "b", CreatedAt: now.Add(-time.Minute)})
			census.AddRun(1, sim.Run{CreatedAt: now.Add(-time.Minute)})
			census.AddRun(id, sim.Run{CreatedAt: now.Add(-time.Minute)})
			oldestFirst := strings.Contains(list, "ASC")
			if page := ask(end); !strings.Contains(list, "ids:") && (len(page.Nodes) > 0) != (oldestFirst != backward) {
				t.Errorf("%s, backward %t: later it is %+v", list, backward, page)
			}
		}
	}
}
