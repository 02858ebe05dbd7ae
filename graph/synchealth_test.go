package graph_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/sim"
)

// A syncHealth is a sync with the fields that these tests select.
type syncHealth struct {
	ID     string
	Label  *string
	Health *struct {
		State health.State
		Since *time.Time
	}
}

// syncHealths returns the syncs of a query, and the errors.
func syncHealths(t *testing.T, answer string) ([]syncHealth, []gqlError) {
	t.Helper()
	var a struct {
		Errors []gqlError
		Data   struct{ Syncs struct{ Nodes []syncHealth } }
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatal(err)
	}
	return a.Data.Syncs.Nodes, a.Errors
}

// everyState returns a workspace with a sync in every state, in an order of its own.
func everyState(t *testing.T) (*sim.Census, func(query string) ([]syncHealth, []gqlError)) {
	h, census := serve(sim.Options{Empty: true})
	add := func(label, frequency string, paused bool, runs ...sim.Run) {
		id := census.AddSync(sim.Sync{Label: label, Frequency: frequency, Paused: paused, CreatedAt: now.Add(-1000 * time.Hour)})
		for _, r := range runs {
			census.AddRun(id, r)
		}
	}
	ago := func(h float64) time.Time { return now.Add(-time.Duration(h * float64(time.Hour))) }
	good := sim.Counts{Source: 100, Processed: 100, Updated: 100}
	add("healthy", "hourly", false, sim.Run{CreatedAt: ago(2), Counts: good}, sim.Run{CreatedAt: ago(.5), Counts: good})
	add("failing", "never", false, sim.Run{CreatedAt: ago(3), Status: "failed"}, sim.Run{CreatedAt: ago(2), Status: "failed"})
	add("never ran", "hourly", false)
	add("late", "hourly", false, sim.Run{CreatedAt: ago(9), Counts: good})
	add("paused", "hourly", true, sim.Run{CreatedAt: ago(2), Status: "failed"})
	add("unknown", "never", false, sim.Run{CreatedAt: ago(2), Status: "defrosting"})
	add("stuck", "hourly", false, sim.Run{CreatedAt: ago(30), Counts: good}, sim.Run{CreatedAt: ago(20), Status: "working"})
	add("degraded", "never", false, sim.Run{CreatedAt: ago(3), Counts: good}, sim.Run{CreatedAt: ago(2), Status: "failed"})
	add("failing longer", "never", false, sim.Run{CreatedAt: ago(5), Status: "failed"}, sim.Run{CreatedAt: ago(2), Status: "failed"})
	return census, func(query string) ([]syncHealth, []gqlError) { return syncHealths(t, post(t, h, query, "{}")) }
}

func labels(all []syncHealth) (list []string) {
	for _, p := range all {
		list = append(list, *p.Label)
	}
	return list
}

func TestHealthOrder(t *testing.T) {
	census, ask := everyState(t)
	worst := []string{"failing longer", "failing", "stuck", "late", "degraded", "unknown", "never ran", "paused", "healthy"}
	best := []string{"healthy", "paused", "never ran", "unknown", "degraded", "late", "stuck", "failing longer", "failing"}
	var named []string
	for _, s := range census.Syncs() {
		named = append(named, fmt.Sprint(s.ID))
	}
	for direction, want := range map[string][]string{"DESC": worst, "ASC": best} {
		for _, ids := range []string{"", "ids: [" + strings.Join(named, ",") + "],"} {
			census.ResetCalls()
			got, errs := ask("{ syncs(" + ids + "orderBy: {field: HEALTH, direction: " + direction + "}) { nodes { id label health { state since } } } }")
			if errs != nil || !slices.Equal(labels(got), want) {
				t.Errorf("%s %s: %q, want %q; %v", direction, ids, labels(got), want, errs)
			}
			if calls := len(census.Calls()); calls != len(want)+1 {
				t.Errorf("%s %s: %d calls, want %d:\n%s", direction, ids, calls, len(want)+1, strings.Join(census.Calls(), "\n"))
			}
			for _, p := range got {
				if label := strings.ToUpper(strings.ReplaceAll(strings.TrimSuffix(*p.Label, " longer"), " ", "_")); string(p.Health.State) != label {
					t.Errorf("%s is %s", *p.Label, p.Health.State)
				}
			}
		}
	}
}

// Counts by state cover the whole list, and cost the same as the order by health.
func TestHealthCounts(t *testing.T) {
	h, census := serve(sim.Options{})
	const all = "FAILING:1 STUCK:1 LATE:2 DEGRADED:0 UNKNOWN:0 NEVER_RAN:1 PAUSED:1 HEALTHY:42 "
	for args, want := range map[string]struct {
		counts string
		calls  int
	}{
		"(first: 3, orderBy: {field: HEALTH}) { nodes { id health { state } } ":             {all, 49},
		"(orderBy: {field: HEALTH}, filter: {healthStates: [FAILING, LATE]}) { totalCount ": {"FAILING:1 STUCK:0 LATE:2 DEGRADED:0 UNKNOWN:0 NEVER_RAN:0 PAUSED:0 HEALTHY:0 ", 49},
		"(first: 3, orderBy: {field: LABEL}) { totalCount ":                                 {all, 49},
		"(first: 3) { nodes { health { state } } ":                                          {all, 50}, // a page and the whole list
		"(ids: [52, 60]) { totalCount ":                                                     {"FAILING:1 STUCK:0 LATE:0 DEGRADED:0 UNKNOWN:0 NEVER_RAN:0 PAUSED:0 HEALTHY:1 ", 4},
		"(ids: []) { totalCount ":                                                           {"FAILING:0 STUCK:0 LATE:0 DEGRADED:0 UNKNOWN:0 NEVER_RAN:0 PAUSED:0 HEALTHY:0 ", 0},
	} {
		census.ResetCalls()
		var a struct {
			Errors []gqlError
			Data   struct {
				Syncs struct {
					HealthCounts []struct {
						State string
						Count int
					}
				}
			}
		}
		if err := json.Unmarshal([]byte(post(t, h, "{ syncs"+args+"healthCounts { state count } } }", "{}")), &a); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range a.Data.Syncs.HealthCounts {
			got += fmt.Sprintf("%s:%d ", c.State, c.Count)
		}
		if calls := len(census.Calls()); got != want.counts || calls != want.calls || a.Errors != nil {
			t.Errorf("%s: %s, want %s; %d calls, want %d; %+v", args, got, want.counts, calls, want.calls, a.Errors)
		}
	}
}

// If Census fails for one sync, only its health is null, and it is ordered as UNKNOWN.
func TestHealthOfOneFails(t *testing.T) {
	census, ask := everyState(t)
	census.Inject(sim.Fault{Match: sim.Path(fmt.Sprintf("/syncs/%d/sync_runs", census.Syncs()[0].ID)), Do: sim.Status(403, "application/json", "{}")})
	got, errs := ask("{ syncs(orderBy: {field: HEALTH}) { nodes { id label health { state } } } }")
	want := []string{"failing longer", "failing", "stuck", "late", "degraded", "healthy", "unknown", "never ran", "paused"}
	if !slices.Equal(labels(got), want) {
		t.Errorf("%q, want %q", labels(got), want)
	}
	if len(errs) != 1 || fmt.Sprint(errs[0].Path) != "[syncs nodes 5 health]" || errs[0].Extensions["code"] != "UPSTREAM_FORBIDDEN" {
		t.Errorf("errors: %+v", errs)
	}
	if len(got) > 5 && got[5].Health != nil {
		t.Error("the failed sync has a health")
	}
}

// In the believable workspace, health matches the simulator's incidents.
func TestHealthOfTheWorkspace(t *testing.T) {
	h, _ := serve(sim.Options{})
	got, errs := syncHealths(t, post(t, h, "{ syncs(orderBy: {field: HEALTH}, first: 100) { nodes { id health { state } } } }", "{}"))
	states := map[health.State]int{}
	for _, p := range got {
		states[p.Health.State]++
	}
	want := map[health.State]int{"FAILING": 1, "STUCK": 1, "LATE": 2, "NEVER_RAN": 1, "PAUSED": 1, "HEALTHY": 42}
	if fmt.Sprint(states) != fmt.Sprint(want) || errs != nil {
		t.Errorf("%v, want %v; %v", states, want, errs)
	}
}
