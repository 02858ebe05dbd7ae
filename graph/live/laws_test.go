package live

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// No test leaves a goroutine running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A step is one change of a workspace.
type step struct {
	after  time.Duration
	action int // see workspace.apply
	sync   int
}

func anySteps(t *rapid.T, syncs int) []step {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{time.Duration(rapid.IntRange(0, 400).Draw(t, "after")) * time.Second,
			rapid.IntRange(0, 5).Draw(t, "what"), rapid.IntRange(0, syncs-1).Draw(t, "sync")}
	}), 5, 12).Draw(t, "steps")
}

// A workspace is a simulated Census. It records the calls, and when each run last changed.
type workspace struct {
	*sim.Census
	ids       []int64
	callTimes []time.Time // of each call
	mu        sync.Mutex
	changedAt map[int64]time.Time // by run
	openRun   map[int64]int64     // the run in progress, by sync
}

func newWorkspace(syncs int) *workspace {
	w := &workspace{Census: sim.New(sim.Options{Empty: true}), changedAt: make(map[int64]time.Time), openRun: make(map[int64]int64)}
	for i := range syncs {
		w.ids = append(w.ids, w.AddSync(sim.Sync{Label: fmt.Sprint(i), Frequency: []string{"hourly", "never", "quarter_hourly"}[i%3], Minute: i % 60, CreatedAt: time.Now().Add(-time.Hour)}))
	}
	w.OnCall(func(*http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.callTimes = append(w.callTimes, time.Now())
	})
	return w
}

// callTimesNow returns the times of all calls so far.
func (w *workspace) callTimesNow() []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.callTimes)
}

func (w *workspace) client(freshness time.Duration) *upstream.Client {
	return upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: w.Transport(), PageCache: 16 << 20, Freshness: freshness, Stale: time.Hour})
}

// newest returns the id of the newest run of a sync; 0 if it has no run.
func (w *workspace) newest(id int64) int64 {
	if runs := w.Runs(id); len(runs) > 0 {
		return runs[len(runs)-1].ID
	}
	return 0
}

// apply starts, continues or ends a run, or adds skipped runs.
func (w *workspace) apply(s step) {
	id, now := w.ids[s.sync], time.Now()
	run := w.openRun[id]
	switch {
	case run == 0 && s.action < 4:
		run = w.AddRun(id, sim.Run{Status: "queued", UpdatedAt: now})
		w.openRun[id] = run
	case run == 0:
		run = w.AddRun(id, sim.Run{Status: "completed", UpdatedAt: now, CompletedAt: now})
	case s.action == 0:
		for range 30 {
			w.changedAt[w.AddRun(id, sim.Run{Status: "skipped", UpdatedAt: now})] = now
		}
		return
	case s.action < 3:
		w.UpdateRun(run, func(r *sim.Run) {
			r.Status, r.UpdatedAt = "working", now
			r.Counts.Source++
		})
	default:
		w.UpdateRun(run, func(r *sim.Run) { r.Status, r.UpdatedAt, r.CompletedAt = "completed", now, now })
		delete(w.openRun, id)
	}
	w.changedAt[run] = now
}

// deliveredAt receives changes until ctx ends. It returns when each run was last delivered, and its
// last value. The time is zero for a run that was delivered without a change.
func deliveredAt(ctx context.Context, f *Follower) (seen map[int64]time.Time, last map[int64]census.SyncRun) {
	seen, last = make(map[int64]time.Time), make(map[int64]census.SyncRun)
	for {
		c, _, err := f.NextRun(ctx)
		if err != nil {
			return seen, last
		}
		id := int64(c.Run.ID)
		if before, again := last[id]; again && sameExceptUpdatedAt(&before, c.Run) {
			seen[id] = time.Time{} // no change
			continue
		}
		seen[id], last[id] = time.Now(), *c.Run
	}
}

// bubble runs f with a fake clock, and reports its error to rt.
func bubble(t *testing.T, rt *rapid.T, f func() error) {
	var err error
	synctest.Test(t, func(*testing.T) { err = f() })
	if err != nil {
		rt.Fatal(err)
	}
}

// Every change is delivered within the stated time: namedEvery for named syncs, idleEvery for
// others, activeEvery while a run is in progress. A sync that always fails delays no other, and
// without followers there are no calls. Every ended run is counted once, with its final record
// counts.
func TestLawChangesAreDeliveredInTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 6
		steps, few := anySteps(rt, syncs), rapid.Bool().Draw(rt, "few")
		faults := map[string]sim.Effect{"none": nil, "hangs": sim.Hang(), "fails": sim.Status(500, "text/plain", "x"), "forbidden": sim.Status(403, "text/plain", "x"), "is busy": sim.Status(429, "text/plain", "x")}
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(faults))).Draw(rt, "fault")
		fault := faults[name]
		bubble(t, rt, func() error {
			w := newWorkspace(syncs)
			broken := fmt.Sprintf("/syncs/%d/sync_runs", w.ids[0])
			if fault != nil {
				w.Inject(sim.Fault{Match: sim.Path(broken), Do: fault})
			}
			var syncs []census.SyncID
			within := idleEvery
			if few {
				within = namedEvery
				for _, id := range w.ids {
					syncs = append(syncs, census.SyncID(id))
				}
			}
			f := (&Watchers{Calls: 600}).Follow(w.client(5*time.Second), syncs)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var seen map[int64]time.Time
			var last map[int64]census.SyncRun
			var done sync.WaitGroup
			done.Go(func() { seen, last = deliveredAt(ctx, f) })
			time.Sleep(time.Minute)
			for _, s := range steps {
				time.Sleep(s.after)
				w.apply(s)
			}
			time.Sleep(within + 90*time.Second)
			cancel()
			done.Wait()
			f.Close()
			time.Sleep(time.Minute) // for calls in progress
			calls := len(w.callTimesNow())
			time.Sleep(20 * time.Minute)
			if more := len(w.callTimesNow()); more != calls {
				return fmt.Errorf("%d calls when nobody followed", more-calls)
			}
			for _, y := range f.Snapshot().Syncs {
				if id := int64(y.Record.ID); y.Counts != w.countsOf(id) && (fault == nil || id != w.ids[0]) {
					return fmt.Errorf("sync %d: %+v, want %+v", id, y.Counts, w.countsOf(id))
				}
			}
			for _, id := range w.ids {
				for _, run := range w.Runs(id) {
					got, delivered := last[run.ID]
					late := seen[run.ID].Sub(w.changedAt[run.ID])
					switch {
					case fault != nil && id == w.ids[0]:
					case !delivered || got.RawStatus != run.Status || got.SourceRecordCount.N != max(run.Counts.Source, 0):
						return fmt.Errorf("run %d of sync %d is %s, delivered %t as %s", run.ID, id, run.Status, delivered, got.RawStatus)
					case seen[run.ID].IsZero():
						return fmt.Errorf("run %d of sync %d was delivered twice", run.ID, id)
					case late > within+2*time.Second && (name != "is busy" || late > within+80*time.Second): // a 429 pauses all calls for a minute
						return fmt.Errorf("run %d of sync %d was delivered %s late", run.ID, id, late)
					}
				}
			}
			return nil
		})
	})
}

// No minute has more calls than the budget, for any faults and any number of syncs. In the end,
// every sync is read.
func TestLawCallsStayWithinBudget(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		syncs, calls := rapid.IntRange(1, 60).Draw(rt, "syncs"), rapid.IntRange(3, 30).Draw(rt, "calls")
		fails := rapid.IntRange(0, 2).Draw(rt, "fails")
		slow := time.Duration(rapid.IntRange(0, 3000).Draw(rt, "slow")) * time.Millisecond
		steps := anySteps(rt, syncs)
		bubble(t, rt, func() error {
			w := newWorkspace(syncs)
			n := 0
			w.Inject(sim.Fault{Match: func(*http.Request) bool { w.mu.Lock(); defer w.mu.Unlock(); n++; return fails > 0 && n%5 < fails }, Do: sim.Status(503, "text/plain", "x")})
			w.Inject(sim.Fault{Do: sim.Delay(slow)})
			f := (&Watchers{Calls: calls}).Follow(w.client(5*time.Second), nil)
			for _, s := range steps {
				time.Sleep(s.after)
				w.apply(s)
			}
			time.Sleep(time.Duration(8*syncs/calls+10) * time.Minute)
			f.Close()
			time.Sleep(time.Minute)
			sent := w.callTimesNow()
			for i, at := range sent {
				if i >= calls && at.Sub(sent[i-calls]) < time.Minute {
					return fmt.Errorf("%d calls from %s on, of %d", calls+1, at, calls)
				}
			}
			read := make(map[string]bool)
			for _, call := range w.Calls() {
				read[strings.Split(call, "?")[0]] = true
			}
			if len(read) < syncs+1 {
				return fmt.Errorf("%d of %d syncs were read", len(read)-1, syncs)
			}
			return nil
		})
	})
}

// countsOf computes the expected counts of a sync from its final runs.
func (w *workspace) countsOf(id int64) (c Counts) {
	for _, run := range w.Runs(id) {
		switch run.Status {
		case "skipped":
			c.Runs[slices.Index(Outcomes[:], census.OutcomeSkipped)]++
		case "completed":
			c.Runs[slices.Index(Outcomes[:], census.OutcomeSucceeded)]++
			c.Timed++
			c.TotalDuration += run.CompletedAt.Sub(run.CreatedAt)
			c.Processed += max(run.Counts.Processed, 0) // negative counts are null
			c.Updated += max(run.Counts.Updated, 0)
		}
	}
	return c
}
