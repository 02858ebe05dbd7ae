package live

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// quietWorkspace returns a workspace of syncs without a schedule, each with one ended run.
func quietWorkspace(syncs int) *workspace {
	w := newWorkspace(0)
	for i := range syncs {
		id := w.AddSync(sim.Sync{Label: fmt.Sprint(i), Frequency: "never", CreatedAt: time.Now().Add(-time.Hour)})
		w.ids = append(w.ids, id)
		w.AddRun(id, sim.Run{})
	}
	return w
}

// readCount returns how often the runs of a sync were requested.
func (w *workspace) readCount(id int64) (n int) {
	for _, call := range w.Calls() {
		if strings.Contains(call, fmt.Sprintf("/syncs/%d/sync_runs", id)) {
			n++
		}
	}
	return n
}

// A change is seen at once if a hint comes with it, and within 10 s if the hint comes before it.
// This holds for the watchers of all tokens and for many hints at the same time.
func TestLawHintsSpeedUpReads(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ahead := time.Duration(rapid.IntRange(0, 7500).Draw(rt, "ahead")) * time.Millisecond
		late := time.Duration(rapid.IntRange(0, 400).Draw(rt, "late")) * time.Millisecond
		more := rapid.SliceOfN(rapid.IntRange(0, 10_000), 0, 5).Draw(rt, "more hints before")
		bubble(t, rt, func() error {
			w := quietWorkspace(3)
			w.Inject(sim.Fault{Do: sim.Delay(late)})
			watchers := &Watchers{Calls: 120}
			client := w.client(5 * time.Second)
			all, other := watchers.Follow(client, nil), watchers.Follow(client.WithToken("u"), nil)
			ctx, cancel := context.WithCancel(context.Background())
			seen := make([]map[int64]time.Time, 2)
			var done sync.WaitGroup
			done.Go(func() { seen[0], _ = deliveredAt(ctx, all) })
			done.Go(func() { seen[1], _ = deliveredAt(ctx, other) })
			time.Sleep(time.Minute)
			id := w.ids[1]
			for _, wait := range more {
				time.Sleep(time.Duration(wait) * time.Millisecond)
				watchers.Wake(census.SyncID(id))
			}
			watchers.Wake(census.SyncID(id))
			hinted := time.Now()
			time.Sleep(ahead)
			run := w.AddRun(id, sim.Run{Status: "queued", UpdatedAt: time.Now()})
			if ahead == 0 {
				watchers.Wake(census.SyncID(id))
			}
			time.Sleep(time.Minute)
			cancel()
			done.Wait()
			all.Close()
			other.Close()
			time.Sleep(time.Minute)
			within := 10 * time.Second
			if ahead == 0 {
				within = minHintInterval + 2*late
			}
			for i := range seen {
				if at := seen[i][run]; at.IsZero() || at.Sub(hinted) > within {
					return fmt.Errorf("follower %d received the change %s after the hint", i, at.Sub(hinted))
				}
			}
			return nil
		})
	})
}

// For any number of hints, at most one read is in progress and one follows, at most every 2 s. The
// reads of other syncs go on. A hint for a sync that nobody follows, or that does not exist, makes
// no call.
func TestManyHintsCauseFewReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := quietWorkspace(4)
		w.Inject(sim.Fault{Do: sim.Delay(500 * time.Millisecond)})
		watchers := &Watchers{Calls: 30}
		var syncs []census.SyncID
		for _, id := range w.ids[:3] {
			syncs = append(syncs, census.SyncID(id))
		}
		f := watchers.Follow(w.client(5*time.Second), syncs)
		time.Sleep(time.Minute)
		before := w.readCount(w.ids[0])
		for range 600 {
			for range 10 {
				watchers.Wake(census.SyncID(w.ids[0]))
			}
			watchers.Wake(census.SyncID(w.ids[3]))
			watchers.Wake(99)
			time.Sleep(100 * time.Millisecond)
		}
		if n := w.readCount(w.ids[0]) - before; n < 20 || n > 31 {
			t.Errorf("%d reads in a minute", n)
		}
		if n := w.readCount(w.ids[3]); n > 0 {
			t.Errorf("%d reads of a sync that nobody follows", n)
		}
		before = w.readCount(w.ids[1])
		for range 2 * 60 * 60 { // two hours
			watchers.Wake(census.SyncID(w.ids[0]))
			watchers.Wake(census.SyncID(w.ids[2]))
			time.Sleep(time.Second)
		}
		if n := w.readCount(w.ids[1]) - before; n < 3 {
			t.Errorf("%d reads in two hours of a sync without hints", n)
		}
		f.Close()
		sent := w.callTimesNow()
		for i := 30; i < len(sent); i++ {
			if minute := sent[i].Sub(sent[i-30]); minute < time.Minute {
				t.Fatalf("31 calls in %s", minute)
			}
		}
		time.Sleep(time.Minute)
		calls := len(w.callTimesNow())
		watchers.Wake(census.SyncID(w.ids[0]))
		time.Sleep(time.Hour)
		if more := len(w.callTimesNow()) - calls; more > 0 {
			t.Errorf("%d calls when nobody followed", more)
		}
	})
}

// A hint for a sync of another group makes no call, and followers receive nothing.
func TestHintsForOtherGroupsAreIgnored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &workspace{Census: sim.New(sim.Options{Empty: true})}
		for i, source := range []int64{11, 15} {
			w.AddSync(sim.Sync{ID: int64(i + 1), SourceID: source, Frequency: "never", CreatedAt: time.Now()})
		}
		client := upstream.New("t", upstream.Options{BaseURL: "http://census.test/api/v2", Transport: w.Transport(), PageCache: 1 << 20, Groups: []string{"wandering_aimlessly"}})
		watchers := &Watchers{Calls: 600}
		f := watchers.Follow(client, nil)
		time.Sleep(time.Minute)
		for id := range int64(2) {
			w.AddRun(id+1, sim.Run{})
			watchers.Wake(census.SyncID(id + 1))
		}
		time.Sleep(30 * time.Second)
		if w.readCount(1) < 3 || w.readCount(2) > 0 {
			t.Errorf("%d reads of the sync that is served, %d of the other", w.readCount(1), w.readCount(2))
		}
		if c, _, err := f.NextRun(t.Context()); err != nil || c.Run.SyncID != 1 || f.runs.head() != 1 {
			t.Errorf("%v, %v; %d changes", c.Run, err, f.runs.head())
		}
		f.Close()
		time.Sleep(time.Minute)
	})
}
