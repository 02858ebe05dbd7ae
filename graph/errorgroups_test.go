package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// The key of an error group finds the runs of the group. Its template contains no data of
// records.
func TestErrorGroupsOfTheWorkspace(t *testing.T) {
	h, _ := serve(sim.Options{})
	var a struct {
		Errors []gqlError
		Data   struct {
			SyncRunStats struct {
				Errors []struct {
					Key, Template           string
					Code                    *string
					Count, SyncCount        int
					FirstSeenAt, LastSeenAt time.Time
				}
			}
			Found struct{ TotalRuns int }
		}
	}
	const since = `createdSince: "2025-12-30T00:00:00Z"`
	ask := func(query string) {
		a.Errors = nil
		if err := json.Unmarshal([]byte(post(t, h, query, "{}")), &a); err != nil || a.Errors != nil {
			t.Fatal(err, a.Errors)
		}
	}
	ask("{ syncRunStats(filter: {" + since + "}) { errors(first: 200) { key code template count syncCount firstSeenAt lastSeenAt } } }")
	groups, keys := a.Data.SyncRunStats.Errors, map[string]bool{}
	if len(groups) < 5 {
		t.Fatalf("%d groups", len(groups))
	}
	for _, g := range groups {
		ask(fmt.Sprintf("{ found: syncRunStats(filter: {%s, errorGroups: [%q]}) { totalRuns } }", since, g.Key))
		if a.Data.Found.TotalRuns != g.Count || keys[g.Key] || g.SyncCount < 1 || g.SyncCount > g.Count || g.FirstSeenAt.After(g.LastSeenAt) {
			t.Errorf("%+v: %d runs", g, a.Data.Found.TotalRuns)
		}
		keys[g.Key] = true
		for _, data := range []string{"jim", "brien", "plan_tier", "owner_email", "0", "1", "2", "5"} {
			if strings.Contains(strings.ToLower(g.Template), data) {
				t.Errorf("%q holds %q", g.Template, data)
			}
		}
	}
}

// Runs that ended in a window are searched by creation, from a day before it.
func TestCompletedWindowReadsADayMore(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	id := census.AddSync(sim.Sync{})
	for i := range 1000 { // one every quarter hour, each two hours long
		at := now.Add(time.Duration(i-1000) * 15 * time.Minute)
		census.AddRun(id, sim.Run{CreatedAt: at, CompletedAt: at.Add(2 * time.Hour)})
	}
	census.UpdateRun(census.Runs(id)[796].ID, func(r *sim.Run) { r.CompletedAt = now.Add(-25 * time.Hour) }) // created 51 h ago
	window := func(field string) string {
		return fmt.Sprintf("%sSince: %q, %sBefore: %q", field, now.Add(-26*time.Hour).Format(time.RFC3339), field, now.Add(-24*time.Hour).Format(time.RFC3339))
	}
	for filter, want := range map[string]struct{ runs, calls int }{
		window("completed"): {8, 5}, window("created"): {8, 5},
		window("completed") + ", minDurationSeconds: 7201":                            {0, 5},
		window("completed") + `, createdBefore: "2026-01-06T00:00:00Z"`:               {0, 5},
		fmt.Sprintf("completedSince: %q", now.Add(-2*time.Hour).Format(time.RFC3339)): {8 + 8, 3},
		`triggerTags: ["nobody"]`:                                                     {0, 11}, `triggerTags: []`: {0, 0}, `recordsRejected: true`: {0, 11},
	} {
		census.ResetCalls()
		s, errs := syncRunStats(t, h, "syncIds: [1], filter: {"+filter+"}", "totalRuns truncated")
		if calls := len(census.Calls()); errs != nil || s.TotalRuns != want.runs || calls > want.calls {
			t.Errorf("%s: %d runs, want %d; %d calls, want %d; %v", filter, s.TotalRuns, want.runs, calls, want.calls, errs)
		}
	}
	answer := post(t, h, `{ syncRuns(filter: {errorGroups: ["rest"]}) { totalCount } }`, "{}")
	if !strings.Contains(answer, `errorGroups must be keys of SyncRunErrorGroup other than \"rest\"`) {
		t.Errorf("%s", answer)
	}
}
