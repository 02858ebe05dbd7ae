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
	namesEvery = 10 * time.Minute // the names of sources and destinations are read
	namesAgain = time.Minute      // after a failure
	again      = time.Minute      // Census is asked after it rejected the token
)

// A Keeper follows all syncs of a workspace, so that metrics can tell of them.
type Keeper struct {
	Client   *upstream.Client
	Watchers *live.Watchers

	mu      sync.Mutex
	watcher *live.Watcher // nil: not yet
	names   names
}

// names are those of the ends of syncs.
type names struct {
	client                *upstream.Client
	sources, destinations *upstream.Ends // nil: not read yet
}

// Keep follows until ctx ends.
func (k *Keeper) Keep(ctx context.Context) {
	for ctx.Err() == nil {
		f := k.Watchers.Follow(k.Client, nil)
		k.mu.Lock()
		k.watcher = f.Watcher
		k.mu.Unlock()
		k.follow(ctx, f)
		f.Close()
		wait(ctx, again)
	}
}

// follow waits for the end of the watcher, and reads names meanwhile.
func (k *Keeper) follow(ctx context.Context, f *live.Follower) {
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

// readNames reads the names of all ends, and tells when to read them next.
func (k *Keeper) readNames(ctx context.Context, w *live.Watcher) time.Duration {
	sources, err := w.Ends(ctx, upstream.Sources)
	destinations, err2 := w.Ends(ctx, upstream.Destinations)
	if cmp.Or(err, err2) != nil {
		return namesAgain
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names = names{k.Client, sources, destinations}
	return namesEvery
}

// now is the watcher, nil before the first, and the names as last read.
func (k *Keeper) now() (*live.Watcher, names) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.watcher, k.names
}

// of are the names of a sync: its label, source, destination, destination object and group;
// "" where unknown.
func (n names) of(y *census.Sync) []string {
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
func (k *Keeper) Handler() http.Handler {
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
