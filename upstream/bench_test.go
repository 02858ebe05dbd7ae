package upstream

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// runsBody is a page of the newest 100 runs of sync 52, which has runs of every kind.
func runsBody(b *testing.B) string {
	census := sim.New(sim.Options{})
	return census.Body("/syncs/52/sync_runs?order=desc&page=1&per_page=100")
}

// BenchmarkRunsHead measures the most common request, without the network.
func BenchmarkRunsHead(b *testing.B) {
	body := runsBody(b)
	client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		answers, err := client.Runs(b.Context(), 52, paging.Window{Limit: 100})
		if err != nil || len(answers[0].Rows) != 100 {
			b.Fatal(err)
		}
	}
}

// BenchmarkRunsHeadParallel does the same for many syncs at once, as a dashboard does.
func BenchmarkRunsHeadParallel(b *testing.B) {
	body := runsBody(b)
	client := New("", Options{Transport: wire(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})})
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := client.Runs(b.Context(), 52, paging.Window{Limit: 100}); err != nil {
				panic(fmt.Sprint(err))
			}
		}
	})
}
