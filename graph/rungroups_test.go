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

// addGroupedSyncs adds three syncs with a few runs each.
func addGroupedSyncs(census *sim.Census) {
	for i, s := range []sim.Sync{
		{Label: "b", SourceID: 11, DestinationID: 301, DestinationObject: "Contact", Operation: "upsert"},
		{Label: "A", SourceID: 11, DestinationID: 302, DestinationObject: "Contact", Operation: "mirror"},
		{NoLabel: true, SourceID: 12, DestinationID: 999, DestinationObject: "User", Operation: "upsert"},
	} {
		id := census.AddSync(s)
		for n := range i + 2 {
			r := sim.Run{CreatedAt: now.Add(time.Duration(n-10) * time.Minute), Tag: []string{"Schedule", "Manual"}[n%2], FullSync: n == 0}
			r.CompletedAt = r.CreatedAt.Add(time.Duration(10*(3-i)+n) * time.Second)
			r.Counts = sim.Counts{Source: 10, Updates: 1, Processed: 100, Updated: 100, Failed: int64(i % 2)}
			if i == 0 {
				r.Status = "failed"
			}
			census.AddRun(id, r)
		}
	}
}

// Groups by each property, in each order, and the calls they take. Only groups by destination
// type, or an order by label, read the list of connections.
func TestGroups(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addGroupedSyncs(census)
	const calls = 4 // the syncs, and a page of each
	for _, tt := range []struct {
		args, want string
		calls      int
	}{
		{"by: SYNC", "Sync:3=4 Sync:2=3 Sync:1=2", calls},
		{"by: SYNC, orderBy: FAILED", "Sync:1=2 Sync:3=4 Sync:2=3", calls},
		{"by: SYNC, orderBy: RECORDS_FAILED", "Sync:2=3 Sync:3=4 Sync:1=2", calls},
		{"by: SYNC, orderBy: DURATION_P95", "Sync:1=2 Sync:2=3 Sync:3=4", calls},
		{"by: SYNC, orderBy: LABEL", "Sync:2=3 Sync:1=2 Sync:3=4", calls},
		{"by: SYNC, first: 1", "Sync:3=4 null=5", calls},
		{"by: DESTINATION", "999=4 302=3 301=2", calls},
		{"by: DESTINATION, orderBy: LABEL", "302=3 301=2 999=4", calls + 1}, // HubSpot, Salesforce
		{"by: DESTINATION_TYPE", "=4 hubspot=3 salesforce=2", calls + 1},
		{"by: DESTINATION_OBJECT", "999/User=4 302/Contact=3 301/Contact=2", calls},
		{"by: SOURCE", "11=5 12=4", calls},
		{"by: SOURCE, orderBy: LABEL", "12=4 11=5", calls + 1}, // BigQuery, Snowflake
		{"by: OPERATION", "upsert=6 mirror=3", calls},
		{"by: TRIGGER", "Schedule=5 Manual=4", calls},
		{"by: FULL_SYNC", "false=6 true=3", calls},
	} {
		census.ResetCalls()
		if got := groupTexts(t, h, "syncRunStats(filter: {})", tt.args, ""); got != tt.want || len(census.Calls()) != tt.calls {
			t.Errorf("%s: %s, want %s; %d calls, want %d", tt.args, got, tt.want, len(census.Calls()), tt.calls)
		}
	}
	for query, want := range map[string]int{
		"syncRunStats(syncIds: [1, 2], filter: {}) { groups(by: SYNC) { key sync { id } stats { totalRuns } } }":   2,
		"syncRunStats(syncIds: [1, 2], filter: {}) { groups(by: SOURCE) { key } }":                                 2 + 2,
		"syncRunStats(filter: {}) { groups(by: SYNC) { label sync { label } } }":                                   calls,
		"syncRunStats(filter: {}) { groups(by: DESTINATION) { label } x: groups(by: DESTINATION_TYPE) { label } }": calls + 1,
		"sync(id: 2) { runStats(filter: {}) { groups(by: TRIGGER) { key } } }":                                     1,
		"syncRunStats(filter: {outcomes: []}) { groups(by: SOURCE) { key } }":                                      0,
	} {
		census.ResetCalls()
		answer := post(t, h, "{ "+query+" }", "{}")
		if got := len(census.Calls()); got != want || strings.Contains(answer, `"errors"`) {
			t.Errorf("%s: %d calls, want %d: %s", query, got, want, answer)
		}
	}
	for _, first := range []string{"0", "201"} {
		census.ResetCalls()
		if answer := post(t, h, "{ syncRunStats(filter: {}) { groups(by: SYNC, first: "+first+") { key } } }", "{}"); !strings.Contains(answer, "first must be from 1 to 200, got "+first) || len(census.Calls()) > 0 {
			t.Errorf("%s %v", answer, census.Calls())
		}
	}
}

// groupTexts returns the groups of a statistic with their runs.
func groupTexts(t *testing.T, h http.Handler, statistic, args, below string) (list string) {
	t.Helper()
	var a struct {
		Errors []gqlError
		Data   struct {
			SyncRunStats struct {
				Groups []struct {
					Key   *string
					Stats struct{ TotalRuns int }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(post(t, h, "{ "+statistic+" { groups("+args+") { key stats { totalRuns } "+below+" } } }", "{}")), &a); err != nil || a.Errors != nil {
		t.Fatal(err, a.Errors)
	}
	for _, g := range a.Data.SyncRunStats.Groups {
		key := "null"
		if g.Key != nil {
			key = *g.Key
		}
		list += fmt.Sprintf("%s=%d ", key, g.Stats.TotalRuns)
	}
	return strings.TrimSpace(list)
}

// Runs of a sync whose record cannot be read are counted. An error names the sync.
func TestGroupsWithoutARecord(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addGroupedSyncs(census)
	census.Inject(sim.Fault{Match: sim.Path("/syncs/2"), Do: sim.JSON(403, `{}`)})
	answer := post(t, h, "{ syncRunStats(syncIds: [1, 2], filter: {}) { totalRuns groups(by: OPERATION) { key stats { totalRuns } } } }", "{}")
	if !strings.Contains(answer, "may not read sync 2") || strings.Count(answer, `"key"`) != 2 || !strings.Contains(answer, `"key": ""`) {
		t.Errorf("%s", answer)
	}
}

// Buckets can return one number instead of seven objects.
func TestCountOfBuckets(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	addGroupedSyncs(census)
	answer := post(t, h, `query ($none: [SyncRunOutcome!]) { syncRunStats(filter: {createdSince: "2026-01-07T20:30:00Z"}) { count(outcomes: $none) cleanRate successRate
		series(bucket: QUARTER_HOUR) { startsAt count(outcomes: [FAILED]) all: count none: count(outcomes: []) } } }`, "{}")
	got := strings.NewReplacer(" ", "", "\n", "").Replace(answer)
	want := `{"data":{"syncRunStats":{"count":9,"cleanRate":0.4444444444444444,"successRate":0.7777777777777778,"series":[{"startsAt":"2026-01-07T20:30:00.000Z","count":2,"all":9,"none":0}]}}}`
	if got != want {
		t.Errorf("%s, want\n%s", got, want)
	}
}
