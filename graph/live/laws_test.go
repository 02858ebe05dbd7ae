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

// No test leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A step is something that happens to a workspace.
type step struct {
	after time.Duration
	what  int // see workspace.happen
	sync  int
}

func anySteps(t *rapid.T, syncs int) []step {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{time.Duration(rapid.IntRange(0, 400).Draw(t, "after")) * time.Second,
			rapid.IntRange(0, 5).Draw(t, "what"), rapid.IntRange(0, syncs-1).Draw(t, "sync")}
	}), 5, 12).Draw(t, "steps")
}

// A workspace is a Census whose runs are known, and when each last changed.
type workspace struct {
	*sim.Census
	ids     []int64
	sent    []time.Time // each call
	mu      sync.Mutex
	changed map[int64]time.Time // runs
	open    map[int64]int64     // the run in progress of each sync
}

func newWorkspace(syncs int) *workspace {
	w := &workspace{Census: sim.New(sim.Options{Empty: true}), changed: make(map[int64]time.Time), open: make(map[int64]int64)}
	for i := range syncs {
		w.ids = append(w.ids, w.AddSync(sim.Sync{Label: fmt.Sprint(i), Frequency: []string{"hourly", "never", "quarter_hourly"}[i%3], Minute: i % 60, CreatedAt: time.Now().Add(-time.Hour)}))
	}
	w.OnCall(func(*http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.sent = append(w.sent, time.Now())
	})
	return w
}

// calls returns when each call so far was made.
func (w *workspace) calls() []time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sent)
}

func (w *workspace) client(freshness time.Duration) *upstream.Client {
	return upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: w.Transport(), PageCache: 16 << 20, Freshness: freshness, Stale: time.Hour})
}

// newest returns the newest run of a sync; 0 for none.
func (w *workspace) newest(id int64) int64 {
	if runs := w.Runs(id); len(runs) > 0 {
		return runs[len(runs)-1].ID
	}
	return 0
}

// happen makes a run begin, go on or end, or some that were skipped meanwhile.
func (w *workspace) happen(s step) {
	id, now := w.ids[s.sync], time.Now()
	run := w.open[id]
	switch {
	case run == 0 && s.what < 4:
		run = w.AddRun(id, sim.Run{Status: "queued", UpdatedAt: now})
		w.open[id] = run
	case run == 0:
		run = w.AddRun(id, sim.Run{Status: "completed", UpdatedAt: now, CompletedAt: now})
	case s.what == 0:
		for range 30 {
			w.changed[w.AddRun(id, sim.Run{Status: "skipped", UpdatedAt: now})] = now
		}
		return
	case s.what < 3:
		w.UpdateRun(run, func(r *sim.Run) {
			r.Status, r.UpdatedAt = "working", now
			r.Counts.Source++
		})
	default:
		w.UpdateRun(run, func(r *sim.Run) { r.Status, r.UpdatedAt, r.CompletedAt = "completed", now, now })
		delete(w.open, id)
	}
	w.changed[run] = now
}

// seenAt follows the changes until ctx ends, and tells when each run was last told, and how.
func seenAt(ctx context.Context, f *Follower) (seen map[int64]time.Time, last map[int64]census.SyncRun) {
	seen, last = make(map[int64]time.Time), make(map[int64]census.SyncRun)
	for {
		c, _, err := f.NextRun(ctx)
		if err != nil {
			return seen, last
		}
		id := int64(c.Run.ID)
		if before, again := last[id]; again && alike(&before, c.Run) {
			seen[id] = time.Time{} // nothing has changed
			continue
		}
		seen[id], last[id] = time.Now(), *c.Run
	}
}

// bubble runs f by a clock of its own and has what it returns fail t.
func bubble(t *testing.T, rt *rapid.T, f func() error) {
	var err error
	synctest.Test(t, func(*testing.T) { err = f() })
	if err != nil {
		rt.Fatal(err)
	}
}

// Every change is seen within the time that is stated for it: a minute for syncs that are
// named, a sweep for others, and pursuit while a run works. A sync that always fails
// holds up no other, and once nobody follows there are no calls. Every run that ended is counted
// once, with its records as they are in the end.
func TestLawEveryChangeIsSeenInTime(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 6
		steps, few := anySteps(rt, syncs), rapid.Bool().Draw(rt, "few")
		faults := map[string]sim.Effect{"none": nil, "hangs": sim.Hang(), "fails": sim.Status(500, "text/plain", "x"), "refuses": sim.Status(403, "text/plain", "x"), "is busy": sim.Status(429, "text/plain", "x")}
		name := rapid.SampledFrom(slices.Sorted(maps.Keys(faults))).Draw(rt, "fault")
		fault := faults[name]
		bubble(t, rt, func() error {
			w := newWorkspace(syncs)
			broken := fmt.Sprintf("/syncs/%d/sync_runs", w.ids[0])
			if fault != nil {
				w.Inject(sim.Fault{Match: sim.Path(broken), Do: fault})
			}
			var syncs []census.SyncID
			within := sweep
			if few {
				within = named
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
			done.Go(func() { seen, last = seenAt(ctx, f) })
			time.Sleep(time.Minute)
			for _, s := range steps {
				time.Sleep(s.after)
				w.happen(s)
			}
			time.Sleep(within + 90*time.Second)
			cancel()
			done.Wait()
			f.Close()
			time.Sleep(time.Minute) // for calls under way
			calls := len(w.calls())
			time.Sleep(20 * time.Minute)
			if more := len(w.calls()); more != calls {
				return fmt.Errorf("%d calls when nobody followed", more-calls)
			}
			for _, y := range f.Glance().Syncs {
				if id := int64(y.Record.ID); y.Counts != w.countsOf(id) && (fault == nil || id != w.ids[0]) {
					return fmt.Errorf("sync %d: %+v, want %+v", id, y.Counts, w.countsOf(id))
				}
			}
			for _, id := range w.ids {
				for _, run := range w.Runs(id) {
					got, told := last[run.ID]
					late := seen[run.ID].Sub(w.changed[run.ID])
					switch {
					case fault != nil && id == w.ids[0]:
					case !told || got.RawStatus != run.Status || got.SourceRecordCount.N != max(run.Counts.Source, 0):
						return fmt.Errorf("run %d of sync %d is %s, told %t as %s", run.ID, id, run.Status, told, got.RawStatus)
					case seen[run.ID].IsZero():
						return fmt.Errorf("run %d of sync %d was told twice", run.ID, id)
					case late > within+2*time.Second && (name != "is busy" || late > within+80*time.Second): // 429 pauses all for a minute
						return fmt.Errorf("run %d of sync %d was told %s late", run.ID, id, late)
					}
				}
			}
			return nil
		})
	})
}

// No minute has more calls than the budget, whatever fails, and however much there is to
// read; and yet all is read in the end.
func TestLawNoMoreCallsThanTheBudget(t *testing.T) {
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
				w.happen(s)
			}
			time.Sleep(time.Duration(8*syncs/calls+10) * time.Minute)
			f.Close()
			time.Sleep(time.Minute)
			sent := w.calls()
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

// countsOf counts the runs of a sync as they are in the end.
func (w *workspace) countsOf(id int64) (c Counts) {
	for _, run := range w.Runs(id) {
		switch run.Status {
		case "skipped":
			c.Runs[slices.Index(Outcomes[:], census.OutcomeSkipped)]++
		case "completed":
			c.Runs[slices.Index(Outcomes[:], census.OutcomeSucceeded)]++
			c.Timed++
			c.Took += run.CompletedAt.Sub(run.CreatedAt)
			c.Processed += max(run.Counts.Processed, 0) // null
			c.Updated += max(run.Counts.Updated, 0)
		}
	}
	return c
}
