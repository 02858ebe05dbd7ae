package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Syncs and runs of the same moment can be walked by the cursors of every list. Each is shown
// once, by id, in any order in which Census lists them.
func TestTiesAreWalked(t *testing.T) {
	const shape = "{ totalCount nodes { id } pageInfo { hasNextPage endCursor } }"
	lists := []struct{ name, list string }{
		{"syncs", "list: syncs(first: %d%s) " + shape},
		{"oldest syncs", "list: syncs(orderBy: {field: CREATED_AT, direction: ASC}, first: %d%s) " + shape},
		{"runs", "sync(id: 1) { list: runs(first: %d%s) " + shape + " }"},
		{"filtered runs", "sync(id: 1) { list: runs(filter: {statuses: [COMPLETED]}, first: %d%s) " + shape + " }"},
		{"timeline", "list: syncRuns(first: %d%s) " + shape},
		{"oldest of the timeline", "list: syncRuns(orderBy: {direction: ASC}, first: %d%s) " + shape},
	}
	for _, order := range sim.TieOrders {
		for _, n := range []int{2, 60} {
			for _, memory := range []int64{0, 8 << 20} {
				h, census := serveBy(upstream.Options{BaseURL: baseV1, PageCache: memory, Freshness: time.Hour}, sim.Options{Empty: true, Ties: order, SyncBytes: 1})
				var syncs, runs []string
				for range n {
					syncs = append(syncs, fmt.Sprintf("Sync:%d", census.AddSync(sim.Sync{CreatedAt: now.Add(-2 * time.Hour)})))
				}
				for range n {
					runs = append(runs, fmt.Sprintf("SyncRun:%d", census.AddRun(1, sim.Run{CreatedAt: now.Add(-time.Hour)})))
				}
				for _, l := range lists {
					want := slices.Clone(runs)
					if strings.HasSuffix(l.name, "syncs") {
						want = slices.Clone(syncs)
					}
					if !strings.HasPrefix(l.name, "oldest") {
						slices.Reverse(want)
					}
					for _, first := range []int{max(1, n/9), 25, 1000} {
						if got := walkAll(t, h, l.list, first, len(want)); !slices.Equal(got, want) {
							t.Errorf("order %d, %d of one moment, %s by %d: %v", order, n, l.name, first, got)
						}
					}
				}
			}
		}
	}
}

// walkAll returns the ids of a list, read first at a time.
func walkAll(t *testing.T, h http.Handler, list string, first, total int) (ids []string) {
	t.Helper()
	after := ""
	for range total + 2 {
		text := post(t, h, "{ "+fmt.Sprintf(list, first, after)+" }", "{}")
		type page struct {
			TotalCount *int
			Nodes      []struct{ ID string }
			PageInfo   struct {
				HasNextPage bool
				EndCursor   *string
			}
		}
		var answer struct {
			Errors []any
			Data   struct {
				List page
				Sync struct{ List page }
			}
		}
		if err := json.Unmarshal([]byte(text), &answer); err != nil || answer.Errors != nil {
			t.Fatalf("%v %s", err, text)
		}
		p := answer.Data.List
		if p.Nodes == nil {
			p = answer.Data.Sync.List
		}
		for _, n := range p.Nodes {
			ids = append(ids, n.ID)
		}
		if p.TotalCount != nil && *p.TotalCount != total {
			t.Errorf("total %d, want %d", *p.TotalCount, total)
		}
		if !p.PageInfo.HasNextPage {
			return ids
		}
		after = fmt.Sprintf(", after: %q", *p.PageInfo.EndCursor)
	}
	t.Error("the walk does not end")
	return ids
}
