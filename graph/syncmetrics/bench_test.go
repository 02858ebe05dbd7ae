package syncmetrics

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// BenchmarkScrape measures a scrape of 1,000 syncs with 25 runs each.
func BenchmarkScrape(b *testing.B) {
	census := sim.New(sim.Options{Empty: true, SyncBytes: 1})
	now := time.Now()
	for id := range int64(maxSyncs) {
		census.AddSync(sim.Sync{ID: id + 1, Label: fmt.Sprintf("Accounts %d → Salesforce", id), Frequency: "hourly", Minute: int(id % 60), CreatedAt: now.AddDate(0, -1, 0), SourceID: 11, DestinationID: 21, DestinationObject: "Account"})
		for i := range 25 {
			at := now.Add(time.Duration(i-25) * time.Hour)
			census.AddRun(id+1, sim.Run{Status: "completed", CreatedAt: at, UpdatedAt: at.Add(time.Minute), CompletedAt: at.Add(time.Minute), Counts: sim.Counts{Source: 100, Processed: 10, Updated: 10}})
		}
	}
	k := &Collector{Client: upstream.New("t", upstream.Options{BaseURL: "http://census.test/api/v1", Transport: census.Transport(), PageCache: 64 << 20}), Watchers: &live.Watchers{Calls: 6000}}
	ctx, stop := context.WithCancel(b.Context())
	var keeping sync.WaitGroup
	keeping.Go(func() { k.Run(ctx) })
	defer keeping.Wait()
	defer stop()
	for read := 0; read < maxSyncs; time.Sleep(10 * time.Millisecond) {
		read = 0
		if w, names := k.current(); w != nil && names.client != nil {
			for _, y := range w.Snapshot().Syncs {
				if y.Read {
					read++
				}
			}
		}
	}
	handler := k.Handler()
	for _, encoding := range []string{"identity", "gzip"} {
		b.Run(encoding, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				r := httptest.NewRequest("GET", "/metrics/syncs", nil)
				r.Header.Set("Accept-Encoding", encoding)
				handler.ServeHTTP(rec, r)
				b.ReportMetric(float64(rec.Body.Len()), "bytes")
				if encoding == "gzip" {
					if _, err := gzip.NewReader(rec.Body); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
