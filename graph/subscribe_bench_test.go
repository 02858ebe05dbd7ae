package graph_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// An eventCounter is a client of server-sent events that counts them.
type eventCounter struct {
	header http.Header
	began  *sync.WaitGroup // done with the first byte
	events *atomic.Int64
	once   sync.Once
}

func (c *eventCounter) Header() http.Header { return c.header }
func (c *eventCounter) WriteHeader(int)     {}
func (c *eventCounter) Flush()              {}
func (c *eventCounter) Write(p []byte) (int, error) {
	c.once.Do(c.began.Done)
	if bytes.HasPrefix(p, []byte("event: next\n")) {
		c.events.Add(1)
	}
	return len(p), nil
}

// A thousand subscribers to all runs. The benchmark reports the memory of each, without its
// connection, and the time from the read that shows a change until the last of them has its event.
func BenchmarkSubscribers(b *testing.B) {
	const subscribers = 1000
	workspace := sim.New(sim.Options{Empty: true, Now: time.Now})
	id := workspace.AddSync(sim.Sync{CreatedAt: time.Now()})
	seen := make(chan time.Time, 1)
	watch := &live.Watchers{Calls: 6000, OnChanged: func() {
		select {
		case seen <- time.Now():
		default:
		}
	}}
	client := upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: workspace.Transport(), PageCache: 8 << 20})
	h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Watch: watch})
	if err != nil {
		b.Fatal(err)
	}
	ctx, leave := context.WithCancel(b.Context())
	var began, done sync.WaitGroup
	var events atomic.Int64
	before := memoryInUse()
	for range subscribers {
		began.Add(1)
		done.Go(func() {
			query := url.QueryEscape("subscription { syncRunChanged { cursor run { id outcome sync { label } } } }")
			r := httptest.NewRequestWithContext(ctx, "GET", "/graphql?query="+query, nil)
			r.Header.Set("Accept", "text/event-stream")
			h.ServeHTTP(&eventCounter{header: http.Header{}, began: &began, events: &events}, r)
		})
	}
	began.Wait()
	each := float64(memoryInUse()-before) / subscribers
	var took time.Duration
	for b.Loop() {
		events.Store(0)
		for len(seen) > 0 {
			<-seen
		}
		workspace.AddRun(id, sim.Run{CreatedAt: time.Now(), UpdatedAt: time.Now(), CompletedAt: time.Now()})
		for !watch.Wake(census.SyncID(id)) { // until its first read has begun
			time.Sleep(time.Millisecond)
		}
		at := <-seen
		for events.Load() < subscribers {
			time.Sleep(100 * time.Microsecond)
		}
		took += time.Since(at)
	}
	b.ReportMetric(each, "B/subscriber")
	b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "ms/delivery")
	leave()
	done.Wait()
}

// memoryInUse returns the bytes of heap and stacks in use.
func memoryInUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}
