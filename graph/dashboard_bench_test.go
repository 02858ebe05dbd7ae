package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// Dashboards of 200 hourly syncs, over a week and over a month. Cold: nothing is in memory. Warm:
// the newest runs must be read again. Fresh: nothing must be read. Besides time and allocations,
// each reports its calls to Census.
func BenchmarkDashboard(b *testing.B) {
	census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }})
	addHourlySyncs(census, 200, 1234, now)
	transport := &replayTransport{census: census.Transport()}
	screen := firstScreen(now)
	week, month := dashboardQueries(now.AddDate(0, 0, -7)), dashboardQueries(now.AddDate(0, 0, -30))
	for _, q := range []struct {
		name, query string
		runs        int
	}{
		{"EachOverAWeek", week["Each"], 200 * 168},
		{"TogetherOverAWeek", week["Together"], 200 * 168},
		{"TogetherOverAMonth", month["Together"], 200 * 720},
		{"Rows", screen["Rows"], 200 * 25},
		{"Numbers", screen["Numbers"], 200 * 48},
		{"Health", screen["Health"], 200 * 25},
	} {
		var census *upstream.Client
		const freshness = 200 * time.Millisecond
		forget := func() {
			census = upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: transport, PageCache: 64 << 20, Freshness: freshness})
		}
		h, err := graph.Handler(func(context.Context) *upstream.Client { return census }, graph.Options{Now: func() time.Time { return now }})
		if err != nil {
			b.Fatal(err)
		}
		body, err := json.Marshal(map[string]any{"query": q.query})
		if err != nil {
			b.Fatal(err)
		}
		ask := func() *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r)
			return rec
		}
		forget()
		if rec := ask(); rec.Code != http.StatusOK || bytes.Contains(rec.Body.Bytes(), []byte(`"message"`)) || bytes.Contains(rec.Body.Bytes(), []byte(`"truncated":true`)) {
			b.Fatalf("%.500s", rec.Body)
		}
		for _, state := range []struct {
			name    string
			prepare func()
		}{
			{"Cold", forget},
			{"Warm", func() { time.Sleep(freshness) }},
			{"Fresh", func() {
				time.Sleep(freshness)
				ask()
			}},
		} {
			b.Run(q.name+"/"+state.name, func(b *testing.B) {
				calls := int64(0)
				b.ReportAllocs()
				for b.Loop() {
					b.StopTimer()
					state.prepare()
					before := transport.calls.Load()
					b.StartTimer()
					ask()
					calls += transport.calls.Load() - before
				}
				b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
				b.ReportMetric(float64(q.runs)*float64(b.N)/b.Elapsed().Seconds(), "runs/s")
				b.ReportMetric(float64(census.CacheStats().Bytes)/1e6, "MB-kept")
			})
		}
	}
}
