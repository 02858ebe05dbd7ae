package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// estimatedPages returns the price of query, which a handler with a limit of one page reports, and
// whether the default limits accept it.
func estimatedPages(t *testing.T, query string) (pages int, passes bool) {
	t.Helper()
	handler := func(pages int) http.Handler {
		h, err := graph.Handler(func(context.Context) *upstream.Client {
			return upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: sim.New(sim.Options{Empty: true}).Transport()})
		}, graph.Options{Limits: limits.Limits{Pages: pages}})
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	ask := func(h http.Handler) (actual int, refused bool) {
		var a struct{ Errors []gqlError }
		if err := json.Unmarshal([]byte(post(t, h, query, "{}")), &a); err != nil {
			t.Fatal(err)
		}
		if len(a.Errors) == 0 || a.Errors[0].Extensions["limit"] != "pages" {
			return 1, false
		}
		return int(a.Errors[0].Extensions["actual"].(float64)), true
	}
	pages, _ = ask(handler(1))
	_, refused := ask(handler(0))
	return pages, !refused
}

// Shared reads of a sync are priced once. The price is never far below or far above the number of
// calls.
func TestPriceIsWhatIsRead(t *testing.T) {
	const syncs = 300
	census := sim.New(sim.Options{Empty: true, Now: time.Now})
	for range syncs {
		id := census.AddSync(sim.Sync{})
		for i := range 60 {
			census.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-90) * time.Minute)})
		}
	}
	var named []string
	for i := range syncs {
		named = append(named, fmt.Sprint(i+1))
	}
	ids := "ids: [" + strings.Join(named, ",") + "]"
	const all = `health { state } latestRun { id } runs(first: 25) { nodes { id } }
		failed: runs(first: 10, filter: {outcomes: [SUCCEEDED]}) { nodes { id } } week: runStats(filter: {createdSince: "SINCE"}) { totalRuns }`
	for query, price := range map[string]int{
		"{ syncs(first: 300) { nodes { health { state } latestRun { id } runs(first: 25) { nodes { id } } } } }":                                                                                                                        306,
		"{ syncs(first: 300) { nodes { " + all + " } edges { node { latestRun { id } } } } }":                                                                                                                                           306,
		"{ syncs(first: 300) { nodes { health { state } activeRun { id expectedCompletedAt } typicalRun(last: 60) { runs } nextRunAt runs(first: 25) { nodes { expectedDurationSeconds } } latestRun { expectedDurationSeconds } } } }": 306,
		"{ syncs(first: 300, orderBy: {field: HEALTH}) { healthCounts { count } nodes { health { state } } } }":                                                                                                                         306,
		"{ syncs(first: 300) { nodes { health { state } alerts { id sync { label } run { id } } latestRun { id } } } }":                                                                                                                 306,
		"{ syncs(" + ids + ") { nodes { health { state } } } alerts(sync" + strings.ToUpper(ids[:1]) + ids[1:] + ") { id run { id } sync { label } } }":                                                                                 615,
		"{ syncs(" + ids + ", first: 10) { ... on SyncConnection { healthCounts { count } } nodes { label } } }":                                                                                                                        306,
		"{ syncs(" + ids + ", first: 10, filter: {inProgress: false}) { nodes { label health { state } } } }":                                                                                                                           306,
		"{ syncs(" + ids + ") { nodes { " + all + " } } }":                                                                                                                                                                              306,
		"{ syncs(first: 300) { nodes { " + all + ` } } syncRunStats(filter: {createdSince: "SINCE"}) { totalRuns } }`:                                                                                                                   506,
		"{ syncs(first: 300, orderBy: {field: HEALTH}) { nodes { health { state } latestRun { id } runs(first: 25) { nodes { id } } } } }":                                                                                              306,
		"{ syncs(first: 300, orderBy: {field: HEALTH}) { nodes { " + all + " } } }":                                                                                                                                                     606, // the page that the fields need is larger than that of the order
		"{ syncs(" + ids + ", first: 10, orderBy: {field: HEALTH}) { nodes { health { state } latestRun { id } } } }":                                                                                                                   306,
		"{ syncs(first: 300) { nodes { runs(first: 100) { nodes { id } } latestRun { id } health { state } } } }":                                                                                                                       306,
		"{ syncs(first: 300) { nodes { runs(first: 100) { nodes { id } } x: runs(first: 1) { nodes { id } } } } }":                                                                                                                      606, // 101 runs are shown
		"{ syncs(first: 300) { nodes { runs(first: 101) { nodes { id } } health { state } } } }":                                                                                                                                        606,
		"{ syncs(first: 300) { nodes { latestRun { id } old: runs(last: 5) { nodes { id } } x: runs(first: 5, orderBy: {direction: ASC}) { nodes { id } } } } }":                                                                        606,
		"{ syncs(first: 300) { nodes { latestRun { id } back: runs(first: 5, filter: {createdBefore: \"SINCE\"}) { nodes { id } } } } }":                                                                                                906,
		"{ syncs(first: 300) { nodes { source { connectionName } destination { connectionType } label health { state } } } }":                                                                                                           308,
		"{ syncs(first: 100) { nodes { latestRun { id } } } b: syncs(first: 100, orderBy: {field: CREATED_AT, direction: ASC}) { nodes { latestRun { id } } } syncs2: syncs { totalCount } }":                                           205,
	} {
		query = strings.ReplaceAll(query, "SINCE", time.Now().Add(-time.Hour).UTC().Format(time.RFC3339))
		h := handlerOf(census, upstream.Options{PageCache: 64 << 20, Freshness: time.Hour}, time.Now) // with nothing in memory
		census.ResetCalls()
		answer := post(t, h, query, "{}")
		calls := len(census.Calls())
		if strings.Contains(answer, `"errors": [`+"\n    {\n      \"message\"") {
			t.Errorf("%s: %.400s", query, answer)
		}
		got, passes := estimatedPages(t, query)
		if got != price || calls > got+syncs/20 || calls*3 < got || !passes {
			t.Errorf("%.200s\ncosts %d, want %d; it took %d calls; passes: %t", query, got, price, calls, passes)
		}
	}
}

// The default limits accept a query for the health of 1,000 syncs, with all fields that one page
// of each provides.
func TestThousandSyncs(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addSmallSyncs(census, 1000, 3)
	for query, calls := range map[string]int{
		"{ syncs(first: 1000) { nodes { health { state } } } }":                                            1020,
		"{ syncs(first: 1000, orderBy: {field: HEALTH}) { nodes { health { state } latestRun { id } } } }": 1020,
	} {
		census.ResetCalls()
		answer := post(t, h, query, "{}")
		if n := strings.Count(answer, `"state": `); n != 1000 || strings.Contains(answer, `"code"`) {
			t.Errorf("%d states: %.300s", n, answer)
		}
		if n := len(census.Calls()); n != calls {
			t.Errorf("%d calls, want %d", n, calls)
		}
	}
}

// Fields that share a page still cost a page for each hundred runs that they show, so answers
// stay bounded.
func TestManyAliasesOfOnePage(t *testing.T) {
	var aliases strings.Builder
	for i := range 30 {
		fmt.Fprintf(&aliases, "a%d: runs(first: 100) { nodes { id } } ", i)
	}
	if pages, passes := estimatedPages(t, "{ syncs(first: 100) { nodes { "+aliases.String()+"} } }"); pages != 2+100*30 || passes {
		t.Errorf("%d pages, passes: %t", pages, passes)
	}
}
