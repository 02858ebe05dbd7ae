package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

const activityFields = `activeRun { id expectedCompletedAt } nextRunAt triggers typicalRun { runs durationSeconds { p50 } } schedule { executions(first: 2) }
	latestRun { expectedDurationSeconds expectedCompletedAt }`

// The typical run, the active run and the next run of a sync cost nothing besides its health.
func TestActivityIsFreeBesideHealth(t *testing.T) {
	calls := func(fields string) (string, []string) {
		h, census := serve(sim.Options{})
		answer := post(t, h, "{ syncs(orderBy: {field: HEALTH}, first: 100) { nodes { id health { state } "+fields+" } } }", "{}")
		return answer, census.Calls()
	}
	answer, all := calls(activityFields)
	if strings.Contains(answer, `"errors"`) {
		t.Fatalf("%.500s", answer)
	}
	if _, health := calls(""); len(all) != len(health) {
		t.Errorf("%d calls, %d without", len(all), len(health))
	}
}

// The calls for one sync, and for its record alone.
func TestActivityOfOneSync(t *testing.T) {
	by := func(tag string) sim.Run { return sim.Run{Tag: tag} }
	h, census := serve(sim.Options{Empty: true})
	id := census.AddSync(sim.Sync{Frequency: "daily", Hour: 6, Minute: 30, Triggers: `"dbt_cloud":{"job_id":"9"},"fivetran":null`, CreatedAt: now.AddDate(-1, 0, 0)})
	for i, seconds := range []int{10, 20, 30, 50} {
		r := by("Schedule")
		r.CreatedAt = now.Add(time.Duration(i-9) * time.Hour)
		r.CompletedAt = r.CreatedAt.Add(time.Duration(seconds) * time.Second)
		census.AddRun(id, r)
	}
	running := census.AddRun(id, sim.Run{Status: "working", CreatedAt: now.Add(-time.Minute)})
	census.AddRun(id, sim.Run{Status: "skipped", CreatedAt: now.Add(-time.Second)})
	for query, want := range map[string]struct {
		calls  int
		answer string
	}{
		"activeRun { databaseId expectedDurationSeconds expectedCompletedAt }":                   {1, fmt.Sprintf(`{"activeRun":{"databaseId":%d,"expectedDurationSeconds":20,"expectedCompletedAt":"2026-01-07T20:42:29.000Z"}}`, running)},
		"latestRun { expectedDurationSeconds expectedCompletedAt }":                              {2, `{"latestRun":{"expectedDurationSeconds":20,"expectedCompletedAt":null}}`},
		"typicalRun { runs durationSeconds { p50 max } records { source } }":                     {1, `{"typicalRun":{"runs":4,"durationSeconds":{"p50":20,"max":50},"records":{"source":1500}}}`},
		"typicalRun(last: 3) { durationSeconds { p50 } }":                                        {1, `{"typicalRun":{"durationSeconds":{"p50":30}}}`},
		"typicalRun(fullSync: true) { runs }":                                                    {1, `{"typicalRun":null}`},
		"nextRunAt triggers":                                                                     {1, `{"nextRunAt":"2026-01-08T06:30:00.000Z","triggers":["schedule","dbt_cloud"]}`},
		`schedule { executions(after: "2026-02-27T06:30:00Z", before: "2026-03-01T06:30:00Z") }`: {1, `{"schedule":{"executions":["2026-02-28T06:30:00.000Z"]}}`},
		"schedule { executions(first: 0) }":                                                      {1, `{"schedule":{"executions":[]}}`},
		"typicalRun(last: 2) { runs }":                                                           {0, "last must be from 3 to 100, got 2"},
		"typicalRun(last: 101) { runs }":                                                         {0, "last must be from 3 to 100, got 101"},
		"schedule { executions(first: 1001) }":                                                   {1, "first must be from 0 to 1000, got 1001"},
		`schedule { executions(after: "2026-02-27T06:30:00Z", before: "2026-02-27T06:30:00Z") }`: {1, "after must be earlier than before, got 2026-02-27T06:30:00.000Z and 2026-02-27T06:30:00.000Z"},
	} {
		census.ResetCalls()
		answer := strings.NewReplacer(" ", "", "\n", "").Replace(post(t, h, fmt.Sprintf("{ sync(id: %d) { %s } }", id, query), "{}"))
		if !strings.Contains(answer, strings.ReplaceAll(want.answer, " ", "")) || len(census.Calls()) != want.calls {
			t.Errorf("%s: %d calls, want %d\n%s\nwant\n%s", query, len(census.Calls()), want.calls, answer, want.answer)
		}
	}
}

// A run on a deep page has no expected duration. No page is read for it.
func TestExpectedOfOldRuns(t *testing.T) {
	h, census := serveBy(upstream.Options{}, sim.Options{Empty: true})
	addHourlySyncs(census, 1, 130, now)
	answer := post(t, h, "{ sync(id: 1) { new: runs(first: 2) { nodes { expectedDurationSeconds } } old: runs(last: 3) { nodes { expectedDurationSeconds } } } }", "{}")
	if calls := census.Calls(); len(calls) != 2 && len(calls) != 3 {
		t.Errorf("%d calls: %v", len(calls), calls)
	}
	if strings.Count(answer, "null") != 3 {
		t.Errorf("%s", answer)
	}
}
