package graph_test

import (
	"strings"
	"testing"
	"time"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A gateway of some groups has no alert of a sync of another group.
func TestAlertsOfGroups(t *testing.T) {
	h, census := serveBy(upstream.Options{BaseURL: baseV2, Groups: []string{"wandering_aimlessly"}}, sim.Options{Empty: true})
	for id, source := range []int64{11, 15} { // of two groups
		census.AddSync(sim.Sync{ID: int64(id + 1), SourceID: source})
		census.AddRun(int64(id+1), sim.Run{Status: "failed", CreatedAt: now.Add(-time.Hour)})
	}
	const served, other = "SyncAlert:1:FAILED_RUN:CENSUS_SETTINGS:701", "SyncAlert:2"
	if text := post(t, h, "{ alerts { id } }", "{}"); !strings.Contains(text, served) || strings.Contains(text, other) || strings.Contains(text, "errors") {
		t.Errorf("%s", text)
	}
	text := post(t, h, "{ alerts(syncIds: [1, 2]) { id } sync(id: 2) { runs { totalCount } alerts { id } } }", "{}")
	if !strings.Contains(text, served) || strings.Contains(text, other) || strings.Count(text, "NOT_FOUND") < 2 {
		t.Errorf("%s", text)
	}
}
