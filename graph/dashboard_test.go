package graph_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// addHourlySyncs adds n syncs with a run in each of the last hours.
func addHourlySyncs(census *sim.Census, n, hours int, now time.Time) {
	for range n {
		id := census.AddSync(sim.Sync{CreatedAt: now.AddDate(-1, 0, 0)})
		for h := range hours {
			r := sim.Run{CreatedAt: now.Add(time.Duration(h-hours)*time.Hour + time.Hour/2)}
			if h%50 == 7 {
				r.Status, r.ErrorCode = "failed", "TIMEOUT"
			}
			census.AddRun(id, r)
		}
	}
}

// The two queries of a dashboard of 200 syncs: the health of each, and totals over all.
func dashboardQueries(since time.Time) map[string]string {
	filter := fmt.Sprintf("filter: {createdSince: %q}", since.Format(time.RFC3339))
	return map[string]string{
		"Each":     "{ syncs(first: 200) { nodes { id label health { state } runStats(" + filter + ") { totalRuns successRate lastSuccessAt durationSeconds { p95 } truncated } } } }",
		"Together": "{ syncRunStats(" + filter + ") { totalRuns successRate errors { code count } series(bucket: DAY) { startsAt byOutcome { outcome count } } truncated } }",
	}
}

// The two operations of the dashboard's first screen: its rows, and the numbers of the workspace
// over a day and the day before.
func firstScreen(now time.Time) map[string]string {
	day, before := now.Add(-24*time.Hour).Format(time.RFC3339), now.Add(-48*time.Hour).Format(time.RFC3339)
	const figures = "totalRuns successRate cleanRate failed: count(outcomes: [FAILED]) durationSeconds { p50 p95 } records { processed updated failed invalid }"
	return map[string]string{
		"Rows": `{ syncs(first: 100, orderBy: {field: HEALTH}) { totalCount healthCounts { state count } pageInfo { endCursor } nodes {
			id label paused url nextRunAt triggers health { state since reason consecutiveFailures lastSuccessAt freshnessSeconds lateBySeconds }
			latestRun { id outcome createdAt } activeRun { id createdAt expectedCompletedAt } typicalRun { durationSeconds { p50 } }
			schedule { frequency executions(first: 3) } source { connectionName } destination { connectionName object }
			strip: runs(first: 25) { nodes { id outcome createdAt durationSeconds dryRun } } } } }`,
		"Numbers": "{ now: syncRunStats(filter: {createdSince: \"" + day + "\"}) { " + figures + " errors(first: 8) { key template count syncCount firstSeenAt } series(bucket: HOUR) { startsAt count failed: count(outcomes: [FAILED]) }" +
			" groups(by: DESTINATION, orderBy: FAILED, first: 5) { key label stats { totalRuns cleanRate durationSeconds { p95 } } } } before: syncRunStats(filter: {createdSince: \"" + before + "\", createdBefore: \"" + day + "\"}) { " + figures + " } }",
		"Health": "{ syncs(first: 100, orderBy: {field: HEALTH}) { nodes { id health { state } } } }",
	}
}

// The first screen of 200 syncs takes, if cold, one call for each sync, four for their list and
// two for names. If warm, it takes the same calls as their health alone.
func TestScreenCalls(t *testing.T) {
	const syncs = 200
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		calls := func(name string) (cold, warm int) {
			h, census := serveBy(remembering, sim.Options{Empty: true, Now: time.Now})
			addHourlySyncs(census, syncs, 400, began)
			query := firstScreen(began)[name]
			for _, n := range [...]*int{&cold, &warm} {
				census.ResetCalls()
				if answer := post(t, h, query, "{}"); strings.Contains(answer, `"message"`) {
					t.Fatalf("%s: %.500s", name, answer)
				}
				*n = len(census.Calls())
				time.Sleep(6 * time.Second)
			}
			return cold, warm
		}
		_, health := calls("Health")
		for _, name := range []string{"Rows", "Numbers"} {
			cold, warm := calls(name)
			if cold > syncs+6 || warm > health {
				t.Errorf("%s: %d calls cold, want at most %d; %d warm, health alone %d", name, cold, syncs+6, warm, health)
			}
		}
	})
}

// A dashboard of 200 hourly syncs, over a week or a month, reads each page once. Afterwards it
// costs nothing while the newest runs are fresh, and then one call for each sync.
func TestDashboardCalls(t *testing.T) {
	const syncs, lists = 200, 4 // pages of syncs
	for _, tt := range []struct {
		name       string
		days, cold int // calls for each sync
	}{{"Each", 7, 3}, {"Together", 30, 9}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				h, census := serveBy(remembering, sim.Options{Empty: true, Now: time.Now})
				addHourlySyncs(census, syncs, tt.days*24+234, began)
				query := dashboardQueries(began.AddDate(0, 0, -tt.days))[tt.name]
				want := syncs * tt.days * 24
				for _, step := range []struct {
					name  string
					after time.Duration
					most  int
				}{
					{"cold", 0, syncs*tt.cold + lists},
					{"fresh", time.Second, 0},
					{"warm", time.Minute, syncs + lists},
					{"warm, after new runs", 3 * time.Hour, syncs + lists},
				} {
					time.Sleep(step.after)
					if step.after > time.Hour {
						for _, s := range census.Syncs() {
							for range 3 {
								census.AddRun(s.ID, sim.Run{CreatedAt: time.Now().Add(-time.Hour)})
							}
						}
						want += 3 * syncs
					}
					census.ResetCalls()
					answer := post(t, h, query, "{}")
					if n := totals(answer); n != want || strings.Contains(answer, `"truncated": true`) || strings.Contains(answer, `"code": "UPSTREAM`) {
						t.Errorf("%s: %d runs, want %d: %.300s", step.name, n, want, answer)
					}
					if calls := census.Calls(); len(calls) > step.most {
						t.Errorf("%s: %d calls, want at most %d", step.name, len(calls), step.most)
					}
				}
			})
		})
	}
}

// totals adds up the totalRuns of an answer's statistics.
func totals(answer string) (n int) {
	for _, part := range strings.Split(answer, `"totalRuns": `)[1:] {
		var runs int
		fmt.Sscan(strings.TrimRight(strings.Fields(part)[0], ","), &runs)
		n += runs
	}
	return n
}

// For any number of syncs and any delay of Census, no sync is omitted within the time of the
// operation. Calls wait for other calls of the operation.
func TestManySyncsOfASlowCensus(t *testing.T) {
	for name := range dashboardQueries(now) {
		for _, by := range []upstream.Options{{}, remembering} {
			synctest.Test(t, func(t *testing.T) {
				query := dashboardQueries(time.Now().AddDate(0, -1, 0))[name]
				h, census := serveBy(by, sim.Options{Empty: true, Now: time.Now})
				addHourlySyncs(census, 200, 150, time.Now())
				census.OnCall(func(*http.Request) { time.Sleep(400 * time.Millisecond) })
				answer := post(t, h, query, "{}")
				if n := totals(answer); n != 200*150 || strings.Contains(answer, `"errors": [`+"\n    {\n      \"message\"") {
					t.Errorf("%s: %d runs: %.500s", name, n, answer)
				}
			})
		}
	}
}

// If the time runs out, the answer says so. A second operation finds the data.
func TestDataAfterATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serveBy(remembering, sim.Options{Empty: true, Now: time.Now})
		addHourlySyncs(census, 200, 720, time.Now())
		census.OnCall(func(*http.Request) { time.Sleep(500 * time.Millisecond) })
		query := dashboardQueries(time.Now().AddDate(0, -1, 0))["Together"]
		began := time.Now()
		if answer := post(t, h, query, "{}"); !strings.Contains(answer, "UPSTREAM_TIMEOUT") || time.Since(began) > 11*time.Second {
			t.Errorf("after %s: %.300s", time.Since(began), answer)
		}
		if answer := post(t, h, query, "{}"); totals(answer) != 200*720 {
			t.Errorf("%.300s", answer)
		}
		time.Sleep(time.Minute) // calls of the first operation may still be running
	})
}

// Statistics of the same runs under several aliases share their reads, with each other and with
// other fields that read the newest runs. With a page cache, statistics of other runs share them,
// too.
func TestStatsShareTheirReading(t *testing.T) {
	for _, tt := range []struct {
		by     upstream.Options
		fields string
		calls  int
	}{
		{upstream.Options{}, `a: runStats(filter: {%s}) { totalRuns } b: runStats(filter: {%s, outcomes: [FAILED]}) { totalRuns }`, 4},
		{upstream.Options{}, `a: runStats(filter: {%s}) { totalRuns } latestRun { id } health { state } runs(first: 50) { totalCount }`, 4 + 1}, // and the sync
		{remembering, `a: runStats(filter: {%s}) { totalRuns } b: runStats(filter: {createdSince: "2026-01-07T00:00:00Z"}) { totalRuns }`, 4},
	} {
		synctest.Test(t, func(t *testing.T) { // a batch waits a millisecond for more, independent of the machine's load
			h, census := serveBy(tt.by, sim.Options{Empty: true})
			addHourlySyncs(census, 1, 1234, now)
			since := fmt.Sprintf("createdSince: %q", now.Add(-330*time.Hour).Format(time.RFC3339))
			answer := post(t, h, "{ sync(id: 1) { "+strings.ReplaceAll(tt.fields, "%s", since)+" } }", "{}")
			if calls := census.Calls(); len(calls) != tt.calls || !strings.Contains(answer, `"totalRuns": 330`) {
				t.Errorf("%s: %d calls, want %d: %v\n%s", tt.fields, len(calls), tt.calls, calls, answer)
			}
		})
	}
}

// A deferred series covers the same runs.
func TestDeferredSeries(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addHourlySyncs(census, 1, 3, now)
	const query = `{ sync(id: 1) { runStats(filter: {}) { totalRuns ... @defer { series(bucket: WEEK) { totalRuns } } } } }`
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(fmt.Sprintf(`{"query": %q}`, query)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "multipart/mixed;deferSpec=20220824,application/json")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if answer := w.Body.String(); strings.Count(answer, `"totalRuns":3`) != 2 {
		t.Errorf("%s", answer)
	}
}
