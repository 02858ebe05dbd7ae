package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A failingCensus is a gateway over a Census that will fail.
type failingCensus struct {
	t      *testing.T
	census *sim.Census
	h      http.Handler
}

func newFailingCensus(t *testing.T, stale time.Duration) *failingCensus {
	census := sim.New(sim.Options{Empty: true, Now: time.Now})
	for range 5 {
		id := census.AddSync(sim.Sync{Label: "Contacts", Frequency: "hourly", CreatedAt: time.Now().Add(-240 * time.Hour)})
		for n := range 230 {
			census.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(n-230) * time.Hour), Status: "completed"})
		}
	}
	client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(),
		PageCache: 16 << 20, Freshness: 5 * time.Second, Stale: stale,
		OnRead: graph.NoteRead})
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return &failingCensus{t, census, h}
}

// ask returns data, the codes of the errors, and extensions.census.
func (o *failingCensus) ask(query string) (data, codes string, census map[string]any) {
	o.t.Helper()
	body, _ := json.Marshal(map[string]any{"query": query})
	ctx, _ := notes.With(o.t.Context())
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(string(body))).WithContext(ctx)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	var answer struct {
		Data       json.RawMessage
		Errors     []struct{ Extensions struct{ Code string } }
		Extensions struct{ Census map[string]any }
	}
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		o.t.Fatalf("%v: %s", err, w.Body)
	}
	for _, e := range answer.Errors {
		codes += e.Extensions.Code + " "
	}
	return string(answer.Data), codes, answer.Extensions.Census
}

// While Census fails in any way, known data is answered with its time, for every kind of query.
// Health is that of this time. Afterwards the answers are current again.
func TestOutage(t *testing.T) {
	queries := []string{
		`{ syncs(first: 10) { totalCount nodes { id label source { connectionName } latestRun { outcome createdAt } } } }`,
		`{ syncs(orderBy: {field: HEALTH}) { nodes { id health { state reason lateBySeconds } } } }`,
		`{ sync(id: 1) { label health { state lateBySeconds } runs(first: 30) { totalCount nodes { id } pageInfo { endCursor } }
			oldest: runs(first: 3, orderBy: {direction: ASC}) { nodes { id } } } node(id: "Sync:2") { ... on Sync { label latestRun { id } } } }`,
		`{ syncs(ids: [1, 2, 3, 4, 5]) { nodes { label runs(first: 5, filter: {outcomes: [SUCCEEDED]}) { nodes { id } } } } }`,
		`{ syncRuns(first: 20) { totalCount nodes { id sync { label } } } }`,
		`{ syncRunStats(filter: {createdBefore: "2000-01-01T00:00:00Z"}) { totalRuns byOutcome { outcome count } } }`,
		`{ sync(id: 3) { runStats(filter: {createdSince: "1999-12-25T00:00:00Z"}) { totalRuns durationSeconds { p50 } } } }`,
	}
	for name, do := range map[string]sim.Effect{
		"down": sim.HTML(503), "failing": sim.HTML(500), "hanging": sim.Hang(), "gone": sim.Reset(), "mended": sim.HTML(200),
		"limiting": sim.Throttle("86400"), "limiting for a moment": sim.Throttle(""),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newFailingCensus(t, 2*time.Hour)
				before, began := make([]string, len(queries)), time.Now()
				for i, query := range queries {
					data, codes, census := o.ask(query)
					if codes != "" || census != nil {
						t.Fatalf("%s: %s %v", query, codes, census)
					}
					before[i] = data
				}
				heal := o.census.Inject(sim.Fault{Do: do})
				for _, after := range []time.Duration{31 * time.Second, 62 * time.Second, 2 * time.Minute, 59 * time.Minute} {
					time.Sleep(time.Until(began.Add(after)))
					for i, query := range queries {
						data, codes, census := o.ask(query)
						if data != before[i] || codes != "" {
							t.Errorf("after %s: %s\n%s\nanswered %s\nwant     %s", time.Since(began), codes, query, data, before[i])
						}
						asOf, _ := time.Parse(time.RFC3339, fmt.Sprint(census["asOf"]))
						if late := asOf.Sub(began); census["stale"] != true || late < 0 || late > 100*time.Millisecond { // loaders wait a millisecond for more keys
							t.Errorf("after %s: %v, want it to be of %s", time.Since(began), census, began)
						}
					}
				}
				heal()
				time.Sleep(time.Minute) // the breaker closes, or a probe ends the pause
				for _, query := range queries {
					o.ask(query)
				}
				for _, query := range queries {
					if _, codes, census := o.ask(query); codes != "" || census != nil {
						t.Errorf("healed: %s %v", codes, census)
					}
				}
			})
		})
	}
}

// Stale data is served for the configured time only. It is not served if that is 0, or after
// Census refused access to it.
func TestStaleHasAnEnd(t *testing.T) {
	const query = `{ sync(id: 1) { label latestRun { id } } }`
	for _, tt := range []struct {
		stale, after time.Duration
		refusal      int // status of an answer before Census fails
		want         string
	}{
		{time.Hour, 59 * time.Minute, 0, ""},
		{time.Hour, time.Hour + 31*time.Second, 0, "UPSTREAM_UNAVAILABLE"},
		{2 * time.Hour, time.Hour + 31*time.Second, 0, ""},
		{time.Minute, 55 * time.Second, 0, ""},
		{time.Minute, 95 * time.Second, 0, "UPSTREAM_UNAVAILABLE"},
		{0, 31 * time.Second, 0, "UPSTREAM_UNAVAILABLE"},
		{time.Hour, 2 * time.Minute, 401, "UPSTREAM_UNAVAILABLE"},
		{time.Hour, 2 * time.Minute, 403, "UPSTREAM_UNAVAILABLE"},
		{time.Hour, 2 * time.Minute, 404, "UPSTREAM_UNAVAILABLE"},
		{time.Hour, 2 * time.Minute, 410, "UPSTREAM_UNAVAILABLE"},
	} {
		t.Run(fmt.Sprintf("%s, after %s, refused %d", tt.stale, tt.after, tt.refusal), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newFailingCensus(t, tt.stale)
				o.ask(query)
				time.Sleep(tt.after)
				if tt.refusal > 0 {
					heal := o.census.Inject(sim.Fault{Match: sim.Path("/syncs/1"), Do: sim.JSON(tt.refusal, "{}")})
					o.ask(`{ sync(id: 1) { label } }`)
					heal()
				}
				o.census.Inject(sim.Fault{Do: sim.HTML(503)})
				data, codes, census := o.ask(query)
				if stale := tt.want == ""; stale != strings.Contains(data, `"latestRun":{"id"`) || !strings.Contains(codes, tt.want) || stale != (census != nil) {
					t.Errorf("%s %s %v", data, codes, census)
				}
				time.Sleep(time.Minute) // abandoned calls end
			})
		})
	}
}
