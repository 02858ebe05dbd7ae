package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// statsAnswer holds the statistics that these tests select. graph/proof checks their values.
type statsAnswer struct {
	TotalRuns int
	ByOutcome []struct {
		Outcome string
		Count   int
	}
	Truncated bool
}

// syncRunStats queries the statistics of many syncs.
func syncRunStats(t *testing.T, h http.Handler, args, fields string) (stats *statsAnswer, errs []gqlError) {
	t.Helper()
	var a struct {
		Errors []gqlError
		Data   *struct{ SyncRunStats statsAnswer }
	}
	if err := json.Unmarshal([]byte(post(t, h, "{ syncRunStats("+args+") { "+fields+" } }", "{}")), &a); err != nil {
		t.Fatal(err)
	}
	if a.Data == nil {
		return nil, a.Errors
	}
	return &a.Data.SyncRunStats, a.Errors
}

// addSmallSyncs adds n syncs with so many runs each, a minute apart.
func addSmallSyncs(census *sim.Census, n, runs int) {
	for range n {
		id := census.AddSync(sim.Sync{})
		for i := range runs {
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(i-runs) * time.Minute)})
		}
	}
}

// The read limit applies to runs that were read. Any number of small histories is covered
// completely.
func TestStatsOfManySmall(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 300, 60)
	s, errs := syncRunStats(t, h, "filter: {}", "totalRuns truncated")
	if errs != nil || s.TotalRuns != 18_000 || s.Truncated {
		t.Errorf("%+v, %v", s, errs)
	}
	if got := len(census.Calls()); got != 300+6 {
		t.Errorf("%d calls", got)
	}
}

// If a history is too long for one operation, the statistic covers the newest runs. The runs read
// stay in memory, so the next operation gets further.
func TestStatsTruncated(t *testing.T) {
	const runs = 200_500
	_, census := serve(sim.Options{Empty: true})
	h := handlerWithin(time.Minute, census, remembering, func() time.Time { return now })
	addSmallSyncs(census, 1, runs)
	s, errs := syncRunStats(t, h, "filter: {}", "totalRuns truncated")
	if errs != nil || s.TotalRuns < 200_000 || s.TotalRuns > 200_100 || !s.Truncated || len(census.Calls()) > 2002 { // neither the first page nor the pages of syncs count
		t.Errorf("%+v, %v, %d calls", s, errs, len(census.Calls()))
	}
	census.ResetCalls()
	s, errs = syncRunStats(t, h, "filter: {}", "totalRuns truncated")
	if errs != nil || s.TotalRuns != runs || s.Truncated || len(census.Calls()) > 7 {
		t.Errorf("again: %+v, %v, %v", s, errs, census.Calls())
	}
	s, errs = syncRunStats(t, h, fmt.Sprintf("filter: {createdSince: %q}", now.Add(-24*time.Hour).Format(time.RFC3339)), "totalRuns truncated")
	if errs != nil || s.TotalRuns != 24*60 || s.Truncated {
		t.Errorf("a day: %+v, %v", s, errs)
	}
	// From memory, too, at most a million runs are examined.
	var many strings.Builder
	for i := range 6 {
		fmt.Fprintf(&many, "a%d: syncRunStats(syncIds: [1], filter: {errorCodes: [%q]}) { truncated } ", i, fmt.Sprint(i))
	}
	census.ResetCalls()
	answer := post(t, h, "{ "+many.String()+"}", "{}")
	if n := strings.Count(answer, `"truncated": true`); n != 6 || len(census.Calls()) != 0 {
		t.Errorf("%d of 6 are truncated, %d calls", n, len(census.Calls()))
	}
}

// If a filter passes few runs, a long page is short at the limit, and the next page continues
// there.
func TestFilterTruncated(t *testing.T) {
	_, census := serve(sim.Options{Empty: true})
	id := census.AddSync(sim.Sync{})
	census.AddRun(id, sim.Run{CreatedAt: now.Add(-300_000 * time.Minute), Status: "failed"})
	for i := range 200_400 {
		census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(i-200_400) * time.Minute)})
	}
	other := census.AddSync(sim.Sync{})
	for i := range 300 {
		census.AddRun(other, sim.Run{CreatedAt: now.Add(time.Duration(i-300) * 1000 * time.Minute), Status: []string{"failed", "completed"}[i%2]})
	}
	const page = "first: 200, after: $after, filter: {outcomes: [FAILED]}) { nodes { id } pageInfo { hasNextPage endCursor } }"
	for query, want := range map[string]int{
		fmt.Sprintf("query ($after: String) { sync(id: %d) { runs(%s } }", id, page):                                         1,
		fmt.Sprintf("query ($after: String) { syncRuns(syncIds: [%d, %d], %s }", id, other, page):                            151,
		fmt.Sprintf("query ($after: String) { syncRuns(syncIds: [%d, %d], orderBy: {direction: ASC}, %s }", id, other, page): 151,
	} {
		h := handlerWithin(time.Minute, census, remembering, time.Now) // with nothing in memory
		after, found, pages := "null", 0, 0
		for more := true; more; pages++ {
			var a struct {
				Errors []gqlError
				Data   struct {
					Sync struct {
						Runs *filteredPage
					}
					SyncRuns *filteredPage
				}
			}
			if err := json.Unmarshal([]byte(post(t, h, query, `{"after": `+after+`}`)), &a); err != nil || a.Errors != nil || pages > 3 {
				t.Fatal(err, a.Errors, pages)
			}
			page := a.Data.SyncRuns
			if page == nil {
				page = a.Data.Sync.Runs
			}
			found += len(page.Nodes)
			if more = page.PageInfo.HasNextPage; more {
				after = fmt.Sprintf("%q", *page.PageInfo.EndCursor)
			}
		}
		if found != want || pages < 2 || pages > 3 {
			t.Errorf("%s: %d failures on %d pages, want %d", query, found, pages, want)
		}
	}
}

type filteredPage struct {
	Nodes    []struct{ ID string }
	PageInfo struct {
		HasNextPage, HasPreviousPage bool
		StartCursor, EndCursor       *string
	}
}

// A sync that fails is omitted, and an error names it. If all syncs fail, the statistic is null.
func TestStatsOfSomeFail(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 3, 10)
	bad := census.Syncs()[1].ID
	remove := census.Inject(sim.Fault{Match: sim.Path(fmt.Sprintf("/syncs/%d/sync_runs", bad)), Do: sim.Status(403, "application/json", "{}")})
	s, errs := syncRunStats(t, h, "filter: {}", "totalRuns truncated")
	if s == nil || s.TotalRuns != 20 || s.Truncated {
		t.Errorf("%+v", s)
	}
	if len(errs) != 1 || fmt.Sprint(errs[0].Path) != "[syncRunStats]" || errs[0].Extensions["code"] != "UPSTREAM_FORBIDDEN" || !strings.Contains(errs[0].Message, fmt.Sprint(bad)) {
		t.Errorf("errors: %+v", errs)
	}
	remove()
	census.Inject(sim.Fault{Match: func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/sync_runs") }, Do: sim.Status(403, "application/json", "{}")})
	s, errs = syncRunStats(t, h, "filter: {}", "totalRuns truncated")
	if s != nil || len(errs) != 3 {
		t.Errorf("%+v, %v", s, errs)
	}
}

func TestStatsRefused(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 1, 3)
	id := census.Syncs()[0].ID
	many := strings.Repeat(`"7",`, 501)
	for _, tt := range []struct {
		args, fields, says string
		path               string // below syncRunStats
		calls              int
	}{
		{`syncIds: ["x"], filter: {}`, "totalRuns", `syncIds: "x" is not the id of a Sync`, "", 0},
		{`syncIds: ["SyncRun:5"], filter: {}`, "totalRuns", `syncIds: "SyncRun:5" is a SyncRun`, "", 0},
		{`syncIds: [` + many + `], filter: {}`, "totalRuns", "syncIds must name at most 500 syncs, got 501", "", 0},
		{`filter: {errorCodes: [""]}`, "totalRuns", "filter: errorCodes must not", "", 0},
		{`filter: {createdSince: "2026-01-07T00:00:00Z", createdBefore: "2026-01-07T00:00:00Z"}`, "totalRuns", "filter: createdSince must be before", "", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {createdSince: "2025-01-01T00:00:00Z"}`, id), "series(bucket: HOUR) { totalRuns }", "bucket: a series has at most 1000 buckets, and the range from 2025-01-01", "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "Mars/Olympus") { totalRuns }`, "timeZone must be an IANA name", "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "localtime") { totalRuns }`, `timeZone must be an IANA name such as "Europe/Berlin", got "localtime"`, "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "posixrules") { totalRuns }`, `timeZone must be an IANA name such as "Europe/Berlin", got "posixrules"`, "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "right/UTC") { totalRuns }`, `timeZone must be an IANA name such as "Europe/Berlin", got "right/UTC"`, "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "europe/berlin") { totalRuns }`, `timeZone must be an IANA name such as "Europe/Berlin", got "europe/berlin"`, "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), `series(bucket: DAY, timeZone: "") { totalRuns }`, `timeZone must be an IANA name such as "Europe/Berlin", got ""`, "series", 0},
		{fmt.Sprintf(`syncIds: [%d], filter: {}`, id), "errors(first: 201) { count }", "first must be from 0 to 200, got 201", "errors", 0},
		{`filter: {}`, "few: errors(first: -1) { count }", "first must be from 0 to 200, got -1", "few", 0},
		{`filter: {statuses: []}`, "... on SyncRunStats { errors(first: -1) { count } }", "first must be from 0 to 200, got -1", "errors", 0},
		// The length of this series depends on the runs.
		{fmt.Sprintf(`syncIds: [%d], filter: {createdBefore: "2027-01-01T00:00:00Z"}`, id), "series(bucket: HOUR) { totalRuns }", "bucket: a series has at most 1000 buckets", "series", 1},
	} {
		census.ResetCalls()
		s, errs := syncRunStats(t, h, tt.args, tt.fields)
		if s != nil || len(errs) != 1 || !strings.HasPrefix(errs[0].Message, tt.says) || errs[0].Extensions["code"] != "BAD_USER_INPUT" ||
			fmt.Sprint(errs[0].Path) != strings.TrimSpace("[syncRunStats "+tt.path)+"]" {
			t.Errorf("%.80s %s: %+v, want %q", tt.args, tt.fields, errs, tt.says)
		}
		if n := len(census.Calls()); n != tt.calls {
			t.Errorf("%.80s: %d calls, want %d: %v", tt.args, n, tt.calls, census.Calls())
		}
	}
}

// A filter that no run can pass, and an empty list of syncs, cost no calls.
func TestStatsForNothing(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 2, 3)
	for _, args := range []string{`filter: {statuses: []}`, `syncIds: [], filter: {}`, `syncIds: [999], filter: {outcomes: []}`} {
		s, errs := syncRunStats(t, h, args, "totalRuns byOutcome { outcome count } truncated")
		if errs != nil || s.TotalRuns != 0 || len(s.ByOutcome) != 7 || s.Truncated || len(census.Calls()) != 0 {
			t.Errorf("%s: %+v, %v, %v", args, s, errs, census.Calls())
		}
	}
}

// A dashboard of 200 syncs is within the default limit on pages. Orders by health are priced the
// same in every notation.
func TestStatsPrices(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 2, 3)
	const dashboard = `syncs(first: 200) { nodes { id label health { state } latestRun { id } runStats(filter: {createdSince: "2026-01-06T00:00:00Z"}) { successRate errors { count latestRun { id sync { label } } } } } }`
	for query, variables := range map[string]string{
		"{ " + dashboard + " }": `{}`,
		"{ " + strings.Replace(dashboard, "first: 200", "first: 200, orderBy: {field: HEALTH}", 1) + " }": `{}`,
		`{ syncRunStats(filter: {}) { totalRuns } }`:                                                      `{}`,
		`{ syncRuns(first: 1000) { totalCount } syncs { totalCount } }`:                                   `{}`, // about 200 pages
	} {
		if answer := post(t, h, query, variables); strings.Contains(answer, `"errors":`) && strings.Contains(answer, "extensions") {
			t.Errorf("%s: %s", query, answer)
		}
	}
	for query, variables := range map[string]string{
		`query ($ids: [ID!]) { a: syncs(ids: $ids, first: 1, orderBy: {field: HEALTH}) { totalCount } b: syncs(ids: $ids, first: 1, orderBy: {field: HEALTH}) { totalCount } c: syncs(ids: $ids, first: 1, orderBy: {field: HEALTH}) { totalCount } }`:                  "",
		`query ($ids: [ID!], $o: SyncOrder) { a: syncs(ids: $ids, first: 1, orderBy: $o) { totalCount } b: syncs(ids: $ids, first: 1, orderBy: $o) { totalCount } c: syncs(ids: $ids, first: 1, orderBy: $o) { totalCount } }`:                                          `"o": {"field": "HEALTH"},`,
		`query ($ids: [ID!], $f: SyncOrderField!) { a: syncs(ids: $ids, first: 1, orderBy: {field: $f}) { totalCount } b: syncs(ids: $ids, first: 1, orderBy: {field: $f}) { totalCount } c: syncs(ids: $ids, first: 1, orderBy: {field: $f}) { totalCount } }`:         `"f": "HEALTH",`,
		`query ($ids: [ID!]) { a: syncRuns(syncIds: $ids, first: 1) { totalCount } b: syncRuns(syncIds: $ids, first: 1) { totalCount } c: syncRuns(syncIds: $ids, first: 1) { totalCount } syncs { totalCount } }`:                                                      "",
		`query ($ids: [ID!], $f: SyncRunFilter!) { syncRunStats(syncIds: $ids, filter: $f) { totalRuns } x: syncRunStats(syncIds: $ids, filter: $f) { totalRuns } z: syncRunStats(syncIds: $ids, filter: $f) { totalRuns } y: syncRunStats(filter: $f) { totalRuns } }`: `"f": {},`,
	} {
		ids := strings.TrimSuffix(strings.Repeat(`"7",`, 500), ",")
		census.ResetCalls()
		if answer := post(t, h, query, "{"+variables+` "ids": [`+ids+"]}"); !strings.Contains(answer, "pages") || len(census.Calls()) != 0 {
			t.Errorf("%s is not refused: %s", query, answer)
		}
	}
}
