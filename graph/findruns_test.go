package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// A cursor is valid in the same list with another filter. That list reports runs before it only
// if they are known: if a passing run was at the cursor.
func TestCursorUnderAnotherFilter(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	id := census.AddSync(sim.Sync{})
	for i := range 20 { // every fifth run failed, but neither the oldest nor the newest
		status := "completed"
		if i%5 == 2 {
			status = "failed"
		}
		census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(i-20) * time.Minute), Status: status})
	}
	since := func(i int) string { return now.Add(time.Duration(i-20) * time.Minute).Format(time.RFC3339) }
	const failed = "outcomes: [FAILED]"
	for _, list := range []string{"sync(id: %d) { runs(%s) %s }", "syncRuns(syncIds: [%d], %s) %s"} {
		page := func(filter, args string) (c connection) {
			t.Helper()
			text := post(t, h, "{ "+fmt.Sprintf(list, id, "filter: {"+filter+"}, "+args, "{ edges { cursor } pageInfo { hasNextPage hasPreviousPage } }")+" }", "{}")
			if !strings.Contains(text, "edges") {
				t.Fatal(text)
			}
			var answer struct {
				Data struct {
					Sync     struct{ Runs connection }
					SyncRuns connection
				}
			}
			if err := json.Unmarshal([]byte(text), &answer); err != nil {
				t.Fatal(err)
			}
			if c = answer.Data.SyncRuns; strings.HasPrefix(list, "sync(") {
				c = answer.Data.Sync.Runs
			}
			return c
		}
		for _, tt := range []struct {
			of   string // the filter of the list with the cursor
			nth  int    // index in that list, newest first
			in   string // the filter of the list that uses the cursor
			want bool   // whether runs before it are known
		}{
			{"", 0, failed, false}, // there are none
			{"", 9, failed, false}, // there is one, but it is not known
			{"", 2, failed, false}, // it failed, but this is not known
			{failed, 0, failed, true},
			{failed, 0, "outcomes: [FAILED], statuses: [FAILED]", false},
			{failed, 2, "", true},
			{failed, 2, failed + fmt.Sprintf(", createdSince: %q", since(1)), true}, // the window may move
			{failed, 2, failed + fmt.Sprintf(", createdSince: %q", since(15)), false},
			{"", 9, fmt.Sprintf("createdSince: %q", since(1)), true},
			{"", 9, fmt.Sprintf("createdSince: %q", since(11)), false},
			{"", 9, fmt.Sprintf("createdBefore: %q", since(11)), true},
			{"", 9, fmt.Sprintf("createdBefore: %q", since(10)), false},
		} {
			cursor := page(tt.of, "first: 20").Edges[tt.nth].Cursor
			forward, backward := page(tt.in, fmt.Sprintf("first: 1, after: %q", cursor)), page(tt.in, fmt.Sprintf("last: 1, before: %q", cursor))
			if forward.PageInfo.HasPreviousPage != tt.want || backward.PageInfo.HasNextPage != tt.want {
				t.Errorf("%.8s the cursor %d of {%s} in {%s}: something before it %t, behind it %t, want %t", list, tt.nth, tt.of, tt.in,
					forward.PageInfo.HasPreviousPage, backward.PageInfo.HasNextPage, tt.want)
			}
		}
	}
}
