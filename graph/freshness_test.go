package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Data that depends on the time of day stays fresh for a few seconds only, even if Census's data
// stays fresh longer.
func TestClockBoundsFreshness(t *testing.T) {
	census := sim.New(sim.Options{Empty: true, Now: time.Now})
	id := census.AddSync(sim.Sync{})
	census.AddRun(id, sim.Run{Status: "working"})
	client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 1 << 20, Freshness: time.Hour,
		OnRead: graph.NoteRead})
	var fresh time.Duration
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{
		OnFresh: func(_ context.Context, d time.Duration) { fresh = d }})
	if err != nil {
		t.Fatal(err)
	}
	future := fmt.Sprintf("filter: {createdBefore: %q}", time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	for of, moves := range map[string]bool{
		"sync { label latestRun { status durationSeconds scheduleDelaySeconds } }": false,
		"sync { health { state } }":                                          true,
		"sync { label latestRun { id sync { health { lateBySeconds } } } }":  true,
		"syncs(orderBy: {field: HEALTH}) { nodes { id } }":                   true,
		"sync { activeRun { id expectedCompletedAt } typicalRun { runs } }":  false,
		"sync { nextRunAt }":                                                 true,
		"sync { schedule { executions(first: 2) } }":                         true,
		"sync { schedule { executions(after: \"2026-01-05T00:00:00Z\") } }":  false,
		"syncs(orderBy: {field: LABEL}) { nodes { id } }":                    false,
		"syncRunStats(filter: {}) { totalRuns }":                             false,
		"syncRunStats(filter: {}) { series(bucket: DAY) { totalRuns } }":     true,
		"syncRunStats(" + future + ") { series(bucket: DAY) { totalRuns } }": false,
	} {
		query := "{ " + strings.Replace(of, "sync {", fmt.Sprintf("sync(id: %d) {", id), 1) + " }"
		body, _ := json.Marshal(map[string]any{"query": query})
		ctx, _ := notes.With(t.Context())
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(string(body))).WithContext(ctx)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		fresh = -1
		h.ServeHTTP(w, r)
		if fresh <= 0 || fresh <= 5*time.Second != moves {
			t.Errorf("%s counts for %v: %s", query, fresh, w.Body)
		}
	}
}
