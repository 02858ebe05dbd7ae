package graph_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// A pageWalk reads a connection to its end by its cursors, as a client does.
type pageWalk struct {
	t         *rapid.T
	tb        testing.TB
	h         http.Handler
	query     string // uses $first, $after, $last and $before
	at        []string
	backwards bool
	limit     int
	between   func()
	ties      sim.TieOrder
}

type connection struct {
	TotalCount int
	Edges      []struct {
		Cursor string
		Node   struct{ ID string }
	}
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

// ids returns the ids of the whole list, front to back for every direction. It returns false if
// an error said that ties prevent the walk. That is allowed only for an order that is not ours,
// if a page showed one of several ties alone, or if many ties come in another order in each call.
func (w pageWalk) ids() (ids []string, ok bool) {
	variables := map[string]any{}
	for range 1000 {
		if w.backwards {
			variables["last"] = w.limit
		} else {
			variables["first"] = w.limit
		}
		b, _ := json.Marshal(variables)
		var answer struct {
			Data   json.RawMessage
			Errors []struct{ Extensions struct{ Code string } }
		}
		text := post(w.tb, w.h, w.query, string(b))
		if err := json.Unmarshal([]byte(text), &answer); err != nil {
			w.t.Fatal(err)
		}
		if w.ties != sim.TiesByID && len(answer.Errors) > 0 && answer.Errors[0].Extensions.Code == "UPSTREAM_BAD_RESPONSE" {
			return nil, false
		}
		data := answer.Data
		for _, name := range w.at {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(data, &m); err != nil || m[name] == nil {
				w.t.Fatalf("no %s in %s", name, text)
			}
			data = m[name]
		}
		var c connection
		if err := json.Unmarshal(data, &c); err != nil {
			w.t.Fatal(err)
		}
		var page []string
		for _, e := range c.Edges {
			page = append(page, e.Node.ID)
		}
		if len(page) > 0 && (*c.PageInfo.StartCursor != c.Edges[0].Cursor || *c.PageInfo.EndCursor != c.Edges[len(page)-1].Cursor) {
			w.t.Fatal("startCursor and endCursor are not those of the edges")
		}
		if w.backwards {
			ids = append(page, ids...)
			variables["before"] = c.PageInfo.StartCursor
			if !c.PageInfo.HasPreviousPage {
				return ids, true
			}
		} else {
			ids = append(ids, page...)
			variables["after"] = c.PageInfo.EndCursor
			if !c.PageInfo.HasNextPage {
				return ids, true
			}
		}
		w.between()
	}
	w.t.Fatal("the walk does not end")
	return nil, false
}

// Law 1 for clients: by cursors, in both directions of both orders.
func TestWalkRuns(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		clock := now
		ties := rapid.SampledFrom(sim.TieOrders).Draw(rt, "order of ties")
		h, census := serve(sim.Options{Empty: true, Ties: ties, Now: func() time.Time { return clock }})
		id := census.AddSync(sim.Sync{})
		bulk := rapid.SampledFrom([]int{1, 1, 2, 3, 40}).Draw(rt, "runs of one moment")
		created := 0
		create := func(n int) {
			for range n {
				if created++; created%bulk == 0 {
					clock = clock.Add(time.Second)
				}
				census.AddRun(id, sim.Run{})
			}
		}
		create(rapid.IntRange(0, 130).Draw(rt, "runs"))
		stayed := map[string]bool{}
		for _, r := range census.Runs(id) {
			stayed[fmt.Sprintf("SyncRun:%d", r.ID)] = true
		}
		budget := 40
		census.OnCall(func(*http.Request) {
			n := min(budget, rapid.SampledFrom([]int{0, 0, 1, 5}).Draw(rt, "created"))
			budget -= n
			create(n)
		})
		order := rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(rt, "order")
		w := pageWalk{t: rt, tb: t, h: h, ties: ties, at: []string{"sync", "runs"},
			query: fmt.Sprintf(`query ($first: Int, $after: String, $last: Int, $before: String) { sync(id: %d) {
				runs(first: $first, after: $after, last: $last, before: $before, orderBy: {direction: %s}) {
					totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`, id, order),
			backwards: rapid.Bool().Draw(rt, "backwards"),
			limit:     rapid.SampledFrom([]int{1, 7, 25, 100, 101}).Draw(rt, "limit"),
			between: func() {
				census.Prune(id, rapid.SampledFrom([]int{0, 0, 0, 1, 20}).Draw(rt, "pruned"))
				left := map[string]bool{}
				for _, r := range census.Runs(id) {
					name := fmt.Sprintf("SyncRun:%d", r.ID)
					left[name] = stayed[name]
				}
				stayed = left
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
		for name, ok := range stayed {
			if ok && !slices.Contains(ids, name) {
				rt.Fatalf("%s was there throughout and is missing of %v", name, ids)
			}
		}
	})
}

// The syncs of a workspace can be walked by the same law, in each of their orders.
func TestWalkSyncs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ties := rapid.SampledFrom(sim.TieOrders).Draw(rt, "order of ties")
		h, census := serve(sim.Options{Empty: true, Ties: ties})
		bulk := rapid.SampledFrom([]int{1, 2, 3, 40, 200}).Draw(rt, "syncs of one moment")
		for i := range rapid.IntRange(0, 120).Draw(rt, "syncs") {
			census.AddSync(sim.Sync{CreatedAt: now.Add(time.Duration(i/bulk-200) * time.Second), Label: rapid.SampledFrom([]string{"Accounts", "accounts", "Leads", "Öl", "Übersicht"}).Draw(rt, "label"),
				NoLabel: rapid.IntRange(0, 4).Draw(rt, "unnamed") == 0})
		}
		var named []string
		stayed := map[string]bool{}
		for _, s := range census.Syncs() {
			named = append(named, fmt.Sprint(s.ID))
			stayed[fmt.Sprintf("Sync:%d", s.ID)] = true
		}
		args := ""
		if rapid.Bool().Draw(rt, "filtered") {
			args = "filter: {paused: false},"
		}
		removable := true
		if rapid.Bool().Draw(rt, "named") {
			b, _ := json.Marshal(named)
			args, removable = args+"ids: "+string(b)+",", false
		}
		order := rapid.SampledFrom([]string{"", "CREATED_AT", "LABEL", "HEALTH"}).Draw(rt, "order")
		if order != "" {
			args += fmt.Sprintf("orderBy: {field: %s, direction: %s},", order, rapid.SampledFrom([]string{"ASC", "DESC"}).Draw(rt, "direction"))
		}
		w := pageWalk{t: rt, tb: t, h: h, ties: ties, at: []string{"syncs"},
			query: `query ($first: Int, $after: String, $last: Int, $before: String) {
				syncs(` + args + ` first: $first, after: $after, last: $last, before: $before) {
					totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
			backwards: rapid.Bool().Draw(rt, "backwards"),
			limit:     rapid.SampledFrom([]int{1, 7, 25, 49, 100}).Draw(rt, "limit"),
			between: func() {
				if all := census.Syncs(); removable && len(all) > 0 && rapid.IntRange(0, 3).Draw(rt, "remove") == 0 {
					gone := rapid.SampledFrom(all).Draw(rt, "which").ID
					census.RemoveSync(gone)
					delete(stayed, fmt.Sprintf("Sync:%d", gone))
				}
			}}
		ids, ok := w.ids()
		if !ok {
			return
		}
		if byID := func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }; order == "CREATED_AT" {
			if strings.Contains(args, "DESC") {
				slices.Reverse(ids)
			}
			if !slices.IsSortedFunc(ids, byID) {
				rt.Fatalf("out of order: %v", ids)
			}
		}
		seen := map[string]int{}
		for _, id := range ids {
			seen[id]++
			if seen[id] > 1 {
				rt.Fatalf("%s twice in %v", id, ids)
			}
		}
		for id := range stayed {
			if seen[id] == 0 {
				rt.Fatalf("%s is missing of %v", id, ids)
			}
		}
	})
}
