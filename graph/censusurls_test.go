package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// URLs are null if Census has no web pages.
func TestURLs(t *testing.T) {
	census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }})
	addSmallSyncs(census, 1, 1)
	id := census.Syncs()[0].ID
	for app, want := range map[string]string{"": "null", "https://app.getcensus.com": fmt.Sprintf(`"https://app.getcensus.com/syncs/%d/history`, id)} {
		client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport()})
		h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{AppURL: app})
		if err != nil {
			t.Fatal(err)
		}
		census.ResetCalls()
		if answer := post(t, h, fmt.Sprintf("{ sync(id: %d) { url } }", id), "{}"); !strings.Contains(answer, `"url": `+want) || len(census.Calls()) != 0 {
			t.Errorf("%s, %v", answer, census.Calls())
		}
		if answer := post(t, h, fmt.Sprintf("{ sync(id: %d) { latestRun { url } } }", id), "{}"); !strings.Contains(answer, `"url": `+want) || app != "" && !strings.Contains(answer, "/history?sync_run_id=") {
			t.Error(answer)
		}
	}
}
