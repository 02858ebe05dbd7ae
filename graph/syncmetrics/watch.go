package syncmetrics

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/census"
)

const (
	namesEvery       = 10 * time.Minute // time between reads of the names of sources and destinations
	namesRetry       = time.Minute      // the same, after a failure
	followAgainAfter = time.Minute      // the pause before the next attempt, after Census rejected the token
)

// A Collector follows all syncs of a workspace and collects their metrics.
type Collector struct {
	Client   *upstream.Client
	Watchers *live.Watchers

	mu      sync.Mutex
	watcher *live.Watcher // nil: Run has not begun
	names   labelNames
}

// labelNames holds the names of the sources and destinations of syncs.
type labelNames struct {
	client                *upstream.Client
	sources, destinations *upstream.Ends // nil: not read yet
}

// Run follows all syncs until ctx ends.
func (k *Collector) Run(ctx context.Context) {
	for ctx.Err() == nil {
		f := k.Watchers.Follow(k.Client, nil)
		k.mu.Lock()
		k.watcher = f.Watcher
		k.mu.Unlock()
		k.follow(ctx, f)
		f.Close()
		wait(ctx, followAgainAfter)
	}
}

// follow returns when the watcher ends. Meanwhile it reads names.
func (k *Collector) follow(ctx context.Context, f *live.Follower) {
	ctx, stop := context.WithCancel(ctx)
	var reading sync.WaitGroup
	reading.Go(func() {
		for ctx.Err() == nil {
			wait(ctx, k.readNames(ctx, f.Watcher))
		}
	})
	for {
		if _, err := f.NextHealth(ctx); err != nil {
			break
		}
	}
	stop()
	reading.Wait()
}

// readNames reads the names of all sources and destinations. It returns the wait before the next
// read.
func (k *Collector) readNames(ctx context.Context, w *live.Watcher) time.Duration {
	sources, err := w.Ends(ctx, upstream.Sources)
	destinations, err2 := w.Ends(ctx, upstream.Destinations)
	if cmp.Or(err, err2) != nil {
		return namesRetry
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names = labelNames{k.Client, sources, destinations}
	return namesEvery
}

// current returns the watcher, nil before the first, and the names as last read.
func (k *Collector) current() (*live.Watcher, labelNames) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watcher, k.names
}

// labels returns the labels of a sync: its label, source, destination, destination object and
// group. Unknown ones are "".
func (n labelNames) labels(y *census.Sync) []string {
	var source, destination *string
	var group string
	if n.client != nil {
		ends := map[upstream.Side]*upstream.Ends{upstream.Sources: n.sources, upstream.Destinations: n.destinations}
		source, _ = ends[n.client.SideOf(&y.Source)].Source(&y.Source)
		destination, _ = n.destinations.Destination(&y.Destination)
		keys, sides := n.client.GroupKeys([]*census.Sync{y})
		for _, side := range sides {
			side.Take(ends[side.Side])
		}
		group = keys[0]
	}
	texts := make([]string, 0, 5)
	for _, text := range []*string{y.Label, source, destination, y.Destination.Object, &group} {
		if text == nil {
			text = new(string)
		}
		texts = append(texts, strings.ToValidUTF8(*text, "\ufffd"))
	}
	return texts
}

// Handler serves the metrics.
func (k *Collector) Handler() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(k)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
