package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// Each filter of syncs passes the right syncs, and the total is exact, in every order.
func TestSyncFilter(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	for _, s := range []sim.Sync{
		{Label: "Accounts → CRM", Status: "Up to Date", SourceID: 11, DestinationID: 301}, {Label: "Übersicht", Status: "Failing", Paused: true, SourceID: 12, DestinationID: 301},
		{NoLabel: true, Status: "Ready", SourceID: 11, DestinationID: 302, Operation: "mirror"}, {Label: "accounts again", Status: "Failing", SourceID: 13, DestinationID: 999},
		{Label: "50%", Status: "Melting", Paused: true, SourceID: 13, DestinationID: 302, Operation: "mirror"},
	} {
		census.AddSync(s)
	}
	census.AddRun(census.Syncs()[2].ID, sim.Run{Status: "working", CreatedAt: now.Add(-time.Minute)})
	place := map[string]int{}
	var named []string
	for i, s := range census.Syncs() {
		place[fmt.Sprintf("Sync:%d", s.ID)] = i
		named = append(named, fmt.Sprint(s.ID))
	}
	for filter, want := range map[string][]int{
		`{}`: {0, 1, 2, 3, 4}, `null`: {0, 1, 2, 3, 4}, `{labelContains: ""}`: {0, 1, 2, 3, 4}, `{labelContains: null, paused: null, statuses: null}`: {0, 1, 2, 3, 4},
		`{labelContains: "ACCOUNTS"}`: {0, 3}, `{labelContains: "über"}`: {1}, `{labelContains: "%"}`: {4}, `{labelContains: "nothing"}`: {},
		`{paused: true}`: {1, 4}, `{paused: false}`: {0, 2, 3}, `{statuses: []}`: {}, `{statuses: [FAILING]}`: {1, 3}, `{statuses: [UNKNOWN, READY]}`: {2, 4},
		`{sourceIds: [11, 12]}`: {0, 1, 2}, `{sourceIds: []}`: {}, `{destinationIds: [301]}`: {0, 1}, `{destinationIds: 999}`: {3}, `{destinationTypes: ["hubspot"]}`: {2, 4},
		`{destinationTypes: ["Salesforce", "none"]}`: {}, `{destinationTypes: ["salesforce", "hubspot"]}`: {0, 1, 2, 4}, `{destinationTypes: []}`: {},
		`{operations: ["mirror"]}`: {2, 4}, `{operations: ["upsert", "mirror"], sourceIds: [11]}`: {0, 2}, `{operations: []}`: {},
		`{healthStates: []}`: {}, `{healthStates: [PAUSED]}`: {1, 4}, `{healthStates: [NEVER_RAN, PAUSED], sourceIds: [13]}`: {3, 4}, `{inProgress: true}`: {2}, `{inProgress: false, paused: false}`: {0, 3},
		`{statuses: FAILING, paused: false}`: {3}, `{labelContains: "accounts", statuses: [UP_TO_DATE], paused: true}`: {},
	} {
		for _, args := range []string{"", "ids: [" + strings.Join(named, ",") + "]", "orderBy: {field: LABEL}", "orderBy: {field: CREATED_AT, direction: ASC}", "orderBy: {field: HEALTH}"} {
			var a struct {
				Data struct {
					Syncs struct {
						TotalCount int
						Nodes      []syncHealth
					}
				}
			}
			if err := json.Unmarshal([]byte(post(t, h, "{ syncs(filter: "+filter+" "+args+") { totalCount nodes { id } } }", "{}")), &a); err != nil {
				t.Fatal(err)
			}
			got := []int{}
			for _, p := range a.Data.Syncs.Nodes {
				got = append(got, place[p.ID])
			}
			slices.Sort(got)
			if !slices.Equal(got, want) || a.Data.Syncs.TotalCount != len(want) {
				t.Errorf("%s %s: %v, want %v; total %d", filter, args, got, want, a.Data.Syncs.TotalCount)
			}
		}
	}
}

// Filters cost only what they need: types need the list of destinations; states and runs in
// progress need the newest runs of the syncs that pass the rest.
func TestSyncFilterCalls(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	for range 10 {
		census.AddSync(sim.Sync{SourceID: 11})
	}
	census.AddSync(sim.Sync{SourceID: 12})
	for filter, calls := range map[string]int{
		"{sourceIds: [12], operations: [\"upsert\"]}": 1, `{destinationTypes: ["slack"]}`: 2, "{inProgress: true}": 1 + 11, "{healthStates: [LATE], inProgress: false, sourceIds: [12]}": 1 + 1,
	} {
		for _, below := range []string{"nodes { id }", "nodes { id } healthCounts { count }"} {
			census.ResetCalls()
			post(t, h, "{ syncs(filter: "+filter+", first: 5) { "+below+" } }", "{}")
			want := calls
			if strings.Contains(filter, "operations") && strings.Contains(below, "health") {
				want++
			}
			if strings.Contains(filter, "slack") && strings.Contains(below, "health") {
				want += 1 // one of the eleven writes to it
			}
			if got := len(census.Calls()); got != want {
				t.Errorf("%s %s: %d calls, want %d: %q", filter, below, got, want, census.Calls())
			}
		}
	}
	long := strings.Repeat("1,", 501)
	if answer := post(t, h, "{ syncs(filter: {destinationIds: ["+long+"]}) { totalCount } }", "{}"); !strings.Contains(answer, "filter: destinationIds must name at most 500, got 501") {
		t.Errorf("%.300s", answer)
	}
}

// A sync whose health cannot be read is omitted only with an error.
func TestSyncFilterWithoutRuns(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	census.AddSync(sim.Sync{})
	id := census.AddSync(sim.Sync{})
	census.Inject(sim.Fault{Match: sim.Path(fmt.Sprintf("/syncs/%d/sync_runs", id)), Do: sim.JSON(403, `{}`)})
	for filter, want := range map[string]struct {
		shown  string
		errors int
	}{
		"{healthStates: [NEVER_RAN]}": {"Sync:1", 1}, "{healthStates: [UNKNOWN]}": {"Sync:2", 0}, "{inProgress: false}": {"Sync:1", 1}, "{inProgress: true}": {"", 1},
	} {
		got, errs := syncHealths(t, post(t, h, "{ syncs(filter: "+filter+") { nodes { id } } }", "{}"))
		shown := ""
		for _, p := range got {
			shown += p.ID
		}
		if shown != want.shown || len(errs) != want.errors {
			t.Errorf("%s: %q, want %q; %+v", filter, shown, want.shown, errs)
		}
	}
	census.Inject(sim.Fault{Match: sim.Path("/destinations"), Do: sim.JSON(403, `{}`)})
	if answer := post(t, h, `{ syncs(filter: {destinationTypes: ["slack"]}) { nodes { id } } }`, "{}"); !strings.Contains(answer, "UPSTREAM_FORBIDDEN") {
		t.Errorf("%s", answer)
	}
}

// A cursor belongs to the filter of its list.
func TestSyncFilterCursors(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 3, 0)
	var a struct {
		Data struct {
			Syncs struct{ PageInfo struct{ EndCursor string } }
		}
	}
	if err := json.Unmarshal([]byte(post(t, h, "{ syncs(filter: {paused: false}, first: 1) { pageInfo { endCursor } } }", "{}")), &a); err != nil {
		t.Fatal(err)
	}
	for filter, ok := range map[string]bool{"{paused: false}": true, "{paused: true}": false, "{}": false, "{labelContains: \"\", paused: false}": false} {
		answer := post(t, h, fmt.Sprintf("{ syncs(filter: %s, after: %q) { nodes { id } } }", filter, a.Data.Syncs.PageInfo.EndCursor), "{}")
		if strings.Contains(answer, "not a cursor of this list") == ok {
			t.Errorf("%s: %s", filter, answer)
		}
	}
}

// It also belongs to the ids and, without an explicit order, to their order.
func TestNamedSyncsCursors(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 4, 0)
	ids := make([]int64, 0, 4)
	for _, s := range census.Syncs() {
		ids = append(ids, s.ID)
	}
	list := func(order string, of ...int) string {
		named := make([]string, len(of))
		for i, n := range of {
			named[i] = fmt.Sprint(ids[n])
		}
		return "ids: [" + strings.Join(named, ", ") + "] " + order
	}
	const byLabel = "orderBy: {field: LABEL}"
	for _, tt := range []struct {
		of, in string
		ok     bool
	}{
		{list("", 0, 1, 2), list("", 0, 1, 2), true},
		{list("", 0, 1, 2), list("", 0, 1, 0, 2), true},
		{list("", 0, 1, 2), list("", 0, 1, 3), false},
		{list("", 0, 1, 2), list("", 2, 1, 0), false},
		{list("", 0, 1, 2), list("", 0, 1), false},
		{list("", 0, 1, 2), list(byLabel, 0, 1, 2), false},
		{list(byLabel, 0, 1, 2), list(byLabel, 2, 0, 1), true},
		{list(byLabel, 0, 1, 2), list(byLabel, 2, 0, 3), false},
	} {
		var a struct {
			Data struct {
				Syncs struct{ PageInfo struct{ EndCursor string } }
			}
		}
		if err := json.Unmarshal([]byte(post(t, h, "{ syncs("+tt.of+" first: 2) { pageInfo { endCursor } } }", "{}")), &a); err != nil {
			t.Fatal(err)
		}
		answer := post(t, h, fmt.Sprintf("{ syncs(%s after: %q) { nodes { id latestRun { id } } } }", tt.in, a.Data.Syncs.PageInfo.EndCursor), "{}")
		if strings.Contains(answer, "not a cursor of this list") == tt.ok {
			t.Errorf("a cursor of %s in %s: %s", tt.of, tt.in, answer)
		}
	}
}
