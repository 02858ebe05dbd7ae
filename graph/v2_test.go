package graph_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Each end of a V2 sync has a name, for every way in which the sync names its activation, and
// each list is read once. An unknown destination has no name and no error.
func TestNamesOnV2(t *testing.T) {
	for _, naming := range sim.Namings {
		for _, opt := range []sim.V2{{}, {TextIDs: true}, {SyncGroups: true}, {NoSourceID: true}} {
			if opt.Naming = naming; opt.NoSourceID && naming == sim.NamedByNumber {
				continue // nothing names the activation then
			}
			by := remembering
			by.BaseURL = baseV2
			h, census := serveBy(by, sim.Options{Empty: true, V2: opt})
			census.AddSync(sim.Sync{ID: 1, SourceID: 11, DestinationID: 302})
			census.AddSync(sim.Sync{ID: 2, SourceID: 15, DestinationID: 999})
			const query = "{ sync(id: 1) { " + names + " } stranger: sync(id: 2) { destination { connectionName connectionType } } }"
			for range 2 {
				got := strings.NewReplacer(" ", "", "\n", "").Replace(post(t, h, query, "{}"))
				const want = `{"data":{"sync":{"source":{"connectionName":"Snowflake","connectionType":"snowflake"},"destination":{"connectionName":"HubSpot","connectionType":"hubspot"}},` +
					`"stranger":{"destination":{"connectionName":null,"connectionType":null}}}}`
				if got != want {
					t.Errorf("%+v: %s", opt, got)
				}
			}
			made := strings.Join(census.Calls(), "\n")
			if n := strings.Count(made, "/activations"); n != 1 || strings.Count(made, "/sources") > 1 || strings.Contains(made, "/destinations") {
				t.Errorf("%+v: %s", opt, made)
			}
		}
	}
}

// Queries of all syncs do not depend on their order in V2, which is not documented.
func TestAllSyncsOfV2InAnyOrder(t *testing.T) {
	answers := map[bool]string{}
	for _, byGroup := range []bool{false, true} {
		h, census := serveBy(upstream.Options{BaseURL: baseV2}, sim.Options{Empty: true, V2: sim.V2{ByGroup: byGroup}})
		for i := range int64(80) {
			id := census.AddSync(sim.Sync{Label: fmt.Sprintf("%02d", i*37%80), SourceID: 15 - i%2, CreatedAt: now.Add(time.Duration(i-100) * time.Hour)})
			census.AddRun(id, sim.Run{CreatedAt: now.Add(time.Duration(-i) * time.Minute)})
		}
		answers[byGroup] = post(t, h, `{ syncs(orderBy: {field: LABEL}, first: 80) { totalCount nodes { id } } newest: syncs(first: 60) { nodes { id } }
			healthCounts: syncs { healthCounts { state count } } syncRuns(first: 50) { nodes { id } } syncRunStats(filter: {}) { totalRuns } }`, "{}")
	}
	if answers[true] != answers[false] || strings.Contains(answers[true], "errors") || !strings.Contains(answers[true], `"totalRuns": 80`) {
		t.Errorf("ordered by group:\n%s\nby creation:\n%s", answers[true], answers[false])
	}
}

// A cursor from V1 continues at its place after the switch to V2.
func TestCursorsSurviveTheSwitch(t *testing.T) {
	census := sim.New(sim.Options{Now: func() time.Time { return now }})
	v1 := handlerOf(census, upstream.Options{BaseURL: baseV1}, func() time.Time { return now })
	v2 := handlerOf(census, upstream.Options{BaseURL: baseV2}, func() time.Time { return now })
	for _, list := range []string{
		"sync(id: 52) { list: runs(first: 3%s) { nodes { id } pageInfo { endCursor } } }",
		"sync(id: 52) { list: runs(first: 3, filter: {outcomes: [PARTIAL]}%s) { nodes { id } pageInfo { endCursor } } }",
		"list: syncRuns(first: 3%s) { nodes { id } pageInfo { endCursor } }",
		"list: syncs(first: 3%s) { nodes { id } pageInfo { endCursor } }",
		"list: syncs(first: 3, orderBy: {field: LABEL}%s) { nodes { id } pageInfo { endCursor } }",
	} {
		page := func(h http.Handler, cursor string) (text string, end string) {
			if cursor != "" {
				cursor = fmt.Sprintf(", after: %q", cursor)
			}
			text = post(t, h, "{ "+fmt.Sprintf(list, cursor)+" }", "{}")
			_, rest, _ := strings.Cut(text, `"endCursor": `)
			if err := json.NewDecoder(strings.NewReader(rest)).Decode(&end); err != nil {
				t.Fatalf("%s: %s", list, text)
			}
			return text, end
		}
		_, cursor := page(v1, "")
		onV1, _ := page(v1, cursor)
		onV2, _ := page(v2, cursor)
		if onV1 != onV2 || strings.Count(onV2, `"id"`) != 3 {
			t.Errorf("%s: on V2 %s, on V1 %s", list, onV2, onV1)
		}
	}
}

// After V1 is retired, in any way, no sync or run is reported as not found.
func TestV1IsRetired(t *testing.T) {
	for how, want := range map[sim.Retired]string{
		sim.RetiredNotFound: "UPSTREAM_GONE", sim.RetiredEmpty: "UPSTREAM_GONE", sim.RetiredPage: "UPSTREAM_GONE", sim.RetiredGone: "UPSTREAM_GONE", sim.RetiredMoved: "UPSTREAM_GONE",
		sim.RetiredToken: "UPSTREAM_UNAUTHENTICATED", sim.RetiredForbidden: "UPSTREAM_FORBIDDEN", sim.RetiredHTML: "UPSTREAM_UNAVAILABLE",
	} {
		h, census := serveBy(upstream.Options{BaseURL: baseV1}, sim.Options{})
		census.Retire(how)
		answer := post(t, h, "{ sync(id: 52) { label } syncRun(id: 425094234) { status } syncs { totalCount } stats: sync(id: 53) { runs { totalCount } } }", "{}")
		if n := strings.Count(answer, `"code": "`+want+`"`); n == 0 || n != strings.Count(answer, `"code"`) || strings.Contains(answer, "knows no") {
			t.Errorf("%s: %s", how, answer)
		}
		if gone := strings.Contains(answer, "Census has no API at the address that the gateway asks"); gone != (want == "UPSTREAM_GONE") {
			t.Errorf("%s: %s", how, answer)
		}
	}
}

// On V2, the error for a workspace token says which tokens V2 accepts.
func TestWorkspaceTokenOnV2(t *testing.T) {
	for base, personal := range map[string]bool{baseV1: false, baseV2: true} {
		h, census := serveBy(upstream.Options{BaseURL: base}, sim.Options{})
		census.Inject(sim.Fault{Do: sim.JSON(http.StatusUnauthorized, `{"status":401}`)})
		answer := post(t, h, "{ sync(id: 52) { label } }", "{}")
		if !strings.Contains(answer, "UPSTREAM_UNAUTHENTICATED") || strings.Contains(answer, "V2 of Census's API accepts only personal access tokens.") != personal {
			t.Errorf("%s: %s", base, answer)
		}
	}
}
