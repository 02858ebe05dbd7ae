package graph_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Eight fields each of a sync and of a run, to stand beside the examined field.
const (
	ofSync = "id databaseId label operation paused status createdAt updatedAt"
	ofRun  = "id databaseId syncId status rawStatus outcome createdAt updatedAt"
)

// queriesOf holds queries for each object type. A field of the type replaces %s.
var queriesOf = map[string]string{
	"Query":               "{ %s y: sync(id: 3) { label } }",
	"SyncConnection":      "{ syncs(first: 40) { nodes { " + ofSync + " } %s } }",
	"SyncEdge":            "{ syncs(first: 40) { edges { node { " + ofSync + " } %s } } }",
	"Sync":                "{ syncs(first: 40) { nodes { " + ofSync + " %s } } }",
	"SyncSchedule":        "{ syncs(first: 40) { nodes { " + ofSync + " schedule { %s } } } }",
	"SyncSource":          "{ syncs(first: 40) { nodes { " + ofSync + " source { %s } } } }",
	"SyncDestination":     "{ syncs(first: 40) { nodes { " + ofSync + " destination { %s } } } }",
	"SyncHealth":          "{ syncs(first: 40) { nodes { health { %s } } } }",
	"SyncAlert":           "{ syncs(first: 40) { nodes { " + ofSync + " alerts { %s } } } }",
	"SyncRunConnection":   "{ syncs(first: 40) { nodes { " + ofSync + " runs(first: 1) { %s } } } }",
	"Group":               "{ groups { id key %s } }",
	"PageInfo":            "{ syncs(first: 40) { nodes { " + ofSync + " runs(first: 1) { pageInfo { %s } } } } }",
	"SyncRunEdge":         "{ sync(id: 1) { runs(first: 40) { edges { node { " + ofRun + " } %s } } } }",
	"SyncRun":             "{ sync(id: 1) { runs(first: 40) { nodes { " + ofRun + " %s } } } }",
	"SyncTriggerReason":   "{ sync(id: 1) { runs(first: 40) { nodes { " + ofRun + " syncTriggerReason { %s } } } } }",
	"SyncRunStats":        "{ syncs(first: 40) { nodes { runStats(filter: {}) { %s } } } }",
	"SyncRunOutcomeCount": "{ syncs(first: 40) { nodes { runStats(filter: {}) { byOutcome { %s } } } } }",
	"DurationSummary":     "{ syncs(first: 40) { nodes { runStats(filter: {}) { durationSeconds { %s } } } } }",
	"RecordTotals":        "{ syncs(first: 40) { nodes { runStats(filter: {}) { records { %s } } } } }",
	"SyncHealthCount":     "{ syncs(first: 40) { healthCounts { %s } } }",
	"SyncRunStatsGroup":   "{ syncs(first: 40) { nodes { runStats(filter: {}) { groups(by: SYNC) { %s } } } } }",
	"SyncRunGroupStats":   "{ syncs(first: 40) { nodes { runStats(filter: {}) { groups(by: SYNC) { stats { %s } } } } } }",
	"TypicalRun":          "{ syncs(first: 40) { nodes { typicalRun { %s } } } }",
	"RecordAverages":      "{ syncs(first: 40) { nodes { typicalRun { records { %s } } } } }",
	"SyncRunErrorGroup":   "{ syncs(first: 40) { nodes { runStats(filter: {}) { errors { %s } } } } }",
	"SyncRunStatsBucket":  `{ syncs(first: 40) { nodes { runStats(filter: {createdSince: "2026-01-01T00:00:00Z"}) { series(bucket: DAY) { %s } } } } }`,
}

// selections holds the arguments and selections of fields that need some. RUN stands for the id of
// a run.
var selections = map[string]string{
	"Query.node":          `(id: "Sync:1") { ... on Sync { label } }`,
	"Query.nodes":         `(ids: ["Sync:1", "Sync:2"]) { ... on Sync { label } }`,
	"Query.sync":          "(id: 1) { label }",
	"Query.syncRun":       "(id: RUN) { status }",
	"Query.syncRuns":      "(syncIds: [1, 2], first: 5) { totalCount }",
	"Query.syncRunStats":  "(syncIds: [1, 2], filter: {}) { totalRuns }",
	"Query.alerts":        "(syncIds: [1, 2, 3]) { message }",
	"SyncRun.sync":        "{ label }",
	"SyncAlert.sync":      "{ label }",
	"Query.groups":        "{ key }",
	"Sync.group":          "{ key }",
	"Group.syncs":         "(first: 5) { totalCount }",
	"Sync.runStats":       "(filter: {}) { totalRuns }",
	"SyncRunStats.series": "(bucket: DAY) { totalRuns }",
	"SyncRunStats.groups": "(by: DESTINATION_TYPE) { key }",
}

// resolvedFields lists the types and fields that take work for each row. The values of all others
// are only copied.
var resolvedFields = []string{"Query", "Sync.health", "SyncHealth", "Sync.alerts", "SyncAlert", "Sync.runStats", "SyncRunStats", "SyncRunOutcomeCount", "DurationSummary",
	"RecordTotals", "SyncRunErrorGroup", "SyncRunStatsBucket", "Sync.typicalRun", "TypicalRun", "RecordAverages", "SyncSchedule.executions", "SyncConnection.healthCounts", "SyncHealthCount", "SyncRunStatsGroup", "SyncRunGroupStats",
	"SyncRun.expectedDurationSeconds"}

// eventTypes lists the types that occur only in subscriptions. They cost nothing besides the
// watcher.
var eventTypes = []string{"Subscription", "SyncRunEvent", "SyncHealthEvent"}

// eachField calls f with each field of each object type, and a query that selects it.
func eachField(t *testing.T, f func(typename, field, query string)) {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: graph.SDL()})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range schema.Types {
		if d.Kind != ast.Object || d.BuiltIn || slices.Contains(eventTypes, d.Name) {
			continue
		}
		for _, field := range d.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue
			}
			with, known := selections[d.Name+"."+field.Name]
			if !known && schema.Types[field.Type.Name()].IsCompositeType() {
				with = "{ __typename }"
			}
			query := strings.Replace(queriesOf[d.Name], "%s", "x: "+field.Name+with, 1)
			if query == "" {
				t.Fatalf("queriesOf has no query of %s", d.Name)
			}
			f(d.Name, field.Name, query)
		}
	}
}

// addRows returns a workspace of 40 syncs with 40 runs each.
func addRows(by upstream.Options) (http.Handler, *sim.Census) {
	h, census := serveBy(by, sim.Options{Empty: true})
	for i := range 40 {
		id := census.AddSync(sim.Sync{CreatedAt: now.Add(time.Duration(i-200) * time.Hour)})
		for n := range 40 {
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(n-40)*time.Second - time.Hour)})
		}
	}
	return h, census
}

// A field whose value is only copied must be cheap. One expensive field would make all fields
// beside it ten times slower.
func TestEveryFieldIsCheapOrResolved(t *testing.T) {
	h, _ := addRows(upstream.Options{PageCache: 64 << 20, Freshness: time.Hour})
	eachField(t, func(typename, field, query string) {
		if slices.Contains(resolvedFields, typename) || slices.Contains(resolvedFields, typename+"."+field) {
			return
		}
		perRow := testing.AllocsPerRun(3, func() { post(t, h, query, "null") }) / 40
		if perRow > 60 {
			t.Errorf("%s.%s: %.0f allocations a row: it needs a writer, or a place among those that are resolved\n%s", typename, field, perRow, query)
		}
	})
}

// No field takes more calls to Census than its price. A field that takes n calls is rejected if
// n-1 are allowed.
func TestEveryFieldHasItsPrice(t *testing.T) {
	h, census := addRows(upstream.Options{})
	run := strconv.FormatInt(census.Runs(1)[0].ID, 10)
	allowing := map[int]http.Handler{} // by the limit on pages
	eachField(t, func(typename, field, query string) {
		query = strings.Replace(query, "RUN", run, 1)
		census.ResetCalls()
		if answer := post(t, h, query, "null"); strings.HasPrefix(answer, "{\n  \"errors\"") {
			t.Fatalf("%s\n%s", query, answer)
		}
		less := len(census.Calls()) - 1
		if less < 1 {
			return // a limit of 0 means the default
		}
		if allowing[less] == nil {
			nobody := func(context.Context) *upstream.Client { return nil }
			var err error
			if allowing[less], err = graph.Handler(nobody, graph.Options{Limits: limits.Limits{Pages: less}}); err != nil {
				t.Fatal(err)
			}
		}
		if answer := post(t, allowing[less], query, "null"); !strings.Contains(answer, errcodes.QueryTooExpensive) {
			t.Errorf("%s.%s takes %d calls and its price is less: %s", typename, field, less+1, query)
		}
	})
}
