package live

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// sharedPages is a shared cache in memory.
type sharedPages struct {
	mu      sync.Mutex
	entries map[string]string
}

func (p *sharedPages) Get(key string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries[key]
}

func (p *sharedPages) Set(key string, _ time.Duration, value func() []byte) {
	text := string(value())
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries[key] = text
}

func (p *sharedPages) Drop(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.entries, key)
}

func (p *sharedPages) Clock() (least, most time.Duration) { return 0, 0 }

// gateways returns watchers and clients of n gateways with a shared cache. Messages reach the other
// gateways after late. Every lossy-th message is lost; 0: none.
func (w *workspace) gateways(n, calls int, late time.Duration, lossy int) (watchers []*Watchers, clients []*upstream.Client) {
	shared := &sharedPages{entries: make(map[string]string)}
	var mu sync.Mutex
	sent := 0
	for i := range n {
		watchers = append(watchers, &Watchers{Calls: calls, Publish: func(m PeerMessage) {
			mu.Lock()
			sent++
			lost := lossy > 0 && sent%lossy == 0
			mu.Unlock()
			if lost {
				return
			}
			time.AfterFunc(late, func() {
				for j, other := range watchers {
					if j != i {
						other.Receive(m)
					}
				}
			})
		}})
		clients = append(clients, upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: w.Transport(), Store: shared,
			PageCache: 16 << 20, Freshness: 5 * time.Second, Stale: time.Hour}))
	}
	return watchers, clients
}

// Gateways that watch together deliver every change in time, with lost messages, and after the
// reading gateway ends.
func TestLawPeersDeliverAllChanges(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 2
		steps := anySteps(rt, syncs)[:4]
		late := time.Duration(rapid.IntRange(1, 500).Draw(rt, "late")) * time.Millisecond
		lossy := rapid.SampledFrom([]int{0, 0, 1, 2, 5}).Draw(rt, "lossy")
		ends := rapid.Bool().Draw(rt, "one ends")
		const n = 2
		bubble(t, rt, func() error {
			w := newWorkspace(syncs)
			w.Inject(sim.Fault{Do: sim.Delay(200 * time.Millisecond)})
			watchers, clients := w.gateways(n, 600, late, lossy)
			ctx, cancel := context.WithCancel(context.Background())
			var followers []*Follower
			seen, last := make([]map[int64]time.Time, n), make([]map[int64]census.SyncRun, n)
			var done sync.WaitGroup
			for i := range n {
				f := watchers[i].Follow(clients[i], nil)
				followers = append(followers, f)
				done.Go(func() { seen[i], last[i] = deliveredAt(ctx, f) })
			}
			time.Sleep(time.Minute)
			for i, s := range steps {
				time.Sleep(s.after)
				w.apply(s)
				if ends && i == len(steps)/2 {
					followers[0].Close()
				}
			}
			time.Sleep(idleEvery + 90*time.Second)
			cancel()
			done.Wait()
			for _, f := range followers {
				f.Close()
			}
			time.Sleep(time.Minute)
			for i := range n {
				if i == 0 && ends {
					continue
				}
				for _, y := range followers[i].Snapshot().Syncs {
					if id := int64(y.Record.ID); y.Counts != w.countsOf(id) {
						return fmt.Errorf("gateway %d, sync %d: %+v, want %+v", i, id, y.Counts, w.countsOf(id))
					}
				}
				for _, id := range w.ids {
					for _, run := range w.Runs(id) {
						got, delivered := last[i][run.ID]
						late := seen[i][run.ID].Sub(w.changedAt[run.ID])
						switch {
						case !delivered || got.RawStatus != run.Status || got.SourceRecordCount.N != max(run.Counts.Source, 0):
							return fmt.Errorf("gateway %d: run %d of sync %d is %s, sent %t as %s", i, run.ID, id, run.Status, delivered, got.RawStatus)
						case seen[i][run.ID].IsZero():
							return fmt.Errorf("gateway %d: run %d of sync %d was sent twice", i, run.ID, id)
						case late > idleEvery+2*peerLag+2*time.Second:
							return fmt.Errorf("gateway %d: run %d of sync %d was sent %s late", i, run.ID, id, late)
						}
					}
				}
			}
			return nil
		})
	})
}

// Gateways that watch together make about as many calls as one gateway.
func TestPeersMakeFewerCalls(t *testing.T) {
	watch := func(n int) (made int) {
		synctest.Test(t, func(t *testing.T) {
			w := quietWorkspace(3)
			w.Inject(sim.Fault{Do: sim.Delay(200 * time.Millisecond)})
			w.AddRun(w.ids[0], sim.Run{Status: "working", UpdatedAt: time.Now()})
			watchers, clients := w.gateways(n, 600, 20*time.Millisecond, 0)
			var followers []*Follower
			for i := range n {
				time.Sleep(time.Second)
				followers = append(followers, watchers[i].Follow(clients[i], nil))
			}
			time.Sleep(2 * time.Hour)
			for _, f := range followers {
				f.Close()
			}
			time.Sleep(time.Minute)
			made = len(w.callTimesNow())
		})
		return made
	}
	if alone, together := watch(1), watch(3); alone < 300 || together > alone*5/4 {
		t.Errorf("%d calls of three gateways, %d of one", together, alone)
	}
}

// The budget limits the calls of all gateways together. Only calls that begin before the gateways
// know of each other may exceed it.
func TestPeersShareTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n, calls = 3, 30
		w := quietWorkspace(200)
		w.Inject(sim.Fault{Do: sim.Delay(300 * time.Millisecond)})
		watchers, clients := w.gateways(n, calls, 20*time.Millisecond, 0)
		var followers []*Follower
		for i := range n {
			followers = append(followers, watchers[i].Follow(clients[i], nil))
		}
		time.Sleep(5 * time.Minute) // now they know of each other
		from := len(w.callTimesNow())
		time.Sleep(30 * time.Minute)
		for _, f := range followers {
			f.Close()
		}
		time.Sleep(time.Minute)
		sent := w.callTimesNow()[from:]
		if len(sent) < 15*calls {
			t.Errorf("%d calls in half an hour", len(sent))
		}
		const most = calls + 2*(n-1)
		for i, at := range sent {
			if i >= most && at.Sub(sent[i-most]) < time.Minute {
				t.Fatalf("%d calls from %s on", most+1, at)
			}
		}
	})
}
