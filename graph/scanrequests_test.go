package graph

import (
	"sync"
	"testing"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// Slow fields request scans while others are read. A scan starts only after its first runs are
// being read.
func TestScansRequestedDuringARead(t *testing.T) {
	simulated := sim.New(sim.Options{})
	client := upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: simulated.Transport(), PageCache: 1 << 20})
	options := &Options{}
	options.setDefaults()
	for range 300 {
		l := newLoaders(t.Context(), client, options)
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				wait := l.scan(52, paging.Window{Limit: 1 + n}, func(paging.Slice[census.SyncRun]) bool { return true })
				l.readRequested()
				if _, err := wait(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
}
