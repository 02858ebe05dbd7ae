package upstream

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// newCachingClient returns a client with a page cache, over a Census with a sync of n runs that
// finished long ago.
func newCachingClient(n int, freshness time.Duration) (*sim.Census, *Client, census.SyncID) {
	clock := time.Now().AddDate(0, 0, -60)
	server := sim.New(sim.Options{Empty: true, Now: func() time.Time { return clock }})
	id := server.AddSync(sim.Sync{})
	for range n {
		clock = clock.Add(time.Minute)
		server.AddRun(id, sim.Run{})
	}
	client := New("one", Options{BaseURL: sim.Base(), Transport: server.Transport(), PageCache: 64 << 20, Freshness: freshness, Stale: time.Minute})
	return server, client, census.SyncID(id)
}

// walkAll reads the whole list, newest first, limit rows at a time. It returns the number of
// rows.
func walkAll(t *testing.T, c *Client, id census.SyncID, limit int) (rows int) {
	t.Helper()
	w := paging.Window{Limit: limit}
	for {
		answers, err := c.Runs(t.Context(), id, w)
		if err != nil {
			t.Fatal(err)
		}
		s := answers[0]
		rows += len(s.Rows)
		if !s.More {
			return rows
		}
		w.Newer = at(s, 0)
	}
}

func TestHistoryIsReadOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(1000, 5*time.Second)
		if rows, calls := walkAll(t, client, id, 25), len(census.Calls()); rows != 1000 || calls > 12 {
			t.Errorf("%d rows took %d calls, want 1000 and at most 12", rows, calls)
		}
		census.ResetCalls()
		if walkAll(t, client, id, 25); len(census.Calls()) != 0 {
			t.Errorf("again, while fresh, took %v", census.Calls())
		}
		time.Sleep(time.Hour)
		census.ResetCalls()
		if walkAll(t, client, id, 100); len(census.Calls()) != 1 {
			t.Errorf("again, an hour later, took %v", census.Calls())
		}
	})
}

func TestLongHistoryAgainIsOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(10_000, 5*time.Second)
		walkAll(t, client, id, 1000)
		time.Sleep(time.Minute)
		census.ResetCalls()
		if rows := walkAll(t, client, id, 1000); rows != 10_000 || len(census.Calls()) != 1 {
			t.Errorf("%d rows took %v", rows, census.Calls())
		}
	})
}

// With a freshness of zero, rows that cannot change are still cached. One call each time
// proves them.
func TestNoFreshness(t *testing.T) {
	census, client, id := newCachingClient(1000, 0)
	walkAll(t, client, id, 1000)
	for range 3 {
		census.ResetCalls()
		if rows := walkAll(t, client, id, 1000); rows != 1000 || len(census.Calls()) > 2 {
			t.Errorf("%d rows took %v", rows, census.Calls())
		}
	}
}

func TestNewAndRemovedRunsAreSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(450, 5*time.Second)
		walkAll(t, client, id, 100)
		for _, change := range []func(){
			func() { census.AddRun(int64(id), sim.Run{}) },
			func() { census.Prune(int64(id), 130) },
			func() { census.RemoveRun(census.Runs(int64(id))[77].ID); census.AddRun(int64(id), sim.Run{}) },
			func() { census.Prune(int64(id), 1000) },
		} {
			change()
			time.Sleep(6 * time.Second)
			if got, want := walkAll(t, client, id, 33), len(census.Runs(int64(id))); got != want {
				t.Errorf("%d rows, want %d", got, want)
			}
		}
	})
}

// Rows that may still change are read again once they are no longer fresh; sealed rows are
// not.
func TestUnfinishedRunsAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(300, 5*time.Second)
		running := server.Runs(int64(id))[150].ID
		server.UpdateRun(running, func(r *sim.Run) { r.Status, r.CompletedAt = "working", time.Time{} })
		walkAll(t, client, id, 100)
		server.UpdateRun(running, func(r *sim.Run) { r.Status = "failed"; r.UpdatedAt = r.CreatedAt })
		time.Sleep(6 * time.Second)
		server.ResetCalls()
		answers, err := client.Runs(t.Context(), id, paging.Window{FromOldest: true, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if got := answers[0].Rows[150].Status; got != census.StatusFailed {
			t.Errorf("the run is %s", got)
		}
		if calls := server.Calls(); len(calls) > 2 {
			t.Errorf("took %v", calls)
		}
	})
}

// Two tokens never share anything, one after the other or at once.
func TestTenantsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(50, time.Hour)
		other := client.WithToken("two")
		var wg sync.WaitGroup
		census.Inject(sim.Fault{Do: sim.Delay(time.Second)}) // so that all ask at once
		for _, c := range []*Client{client, other, client, other} {
			wg.Go(func() {
				c.Runs(t.Context(), id, paging.Window{Limit: 5})
				c.Sync(t.Context(), id)
				c.Run(t.Context(), 425_000_001)
			})
		}
		wg.Wait()
		if calls := len(census.Calls()); calls != 6 {
			t.Errorf("%d calls for two tokens, want 3 of each: %v", calls, census.Calls())
		}
		if client.calls.Tenant() == other.calls.Tenant() {
			t.Error("one tenant")
		}
	})
}

// Equal requests at the same time are one call. The first caller may leave without harm to the
// others.
func TestFlightsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(50, 0)
		census.Inject(sim.Fault{Do: sim.Delay(time.Second)})
		first, leave := context.WithCancel(t.Context())
		errs := make(chan error, 11)
		ask := func(ctx context.Context) {
			_, err := client.Runs(ctx, id, paging.Window{Limit: 5})
			errs <- err
		}
		go ask(first)
		synctest.Wait()
		for range 10 {
			go ask(t.Context())
		}
		synctest.Wait()
		leave()
		if err := <-errs; err == nil {
			t.Error("the first has an answer although it left")
		}
		for range 10 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if calls := census.Calls(); len(calls) != 1 {
			t.Errorf("took %v", calls)
		}
	})
}

// A shared request has the deadline of the first caller. A caller with a later one repeats it.
func TestFlightsHaveTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(50, 0)
		census.Inject(sim.Fault{Times: 1, Do: sim.Hang()})
		census.Inject(sim.Fault{Do: sim.Delay(time.Millisecond)})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		errs := make(chan error, 2)
		for _, ctx := range []context.Context{short, t.Context()} {
			go func() {
				_, err := client.Runs(ctx, id, paging.Window{Limit: 5})
				errs <- err
			}()
			synctest.Wait()
		}
		if first, second := <-errs, <-errs; (first == nil) == (second == nil) {
			t.Errorf("got %v and %v, want one failure", first, second)
		}
		if len(census.Calls()) != 2 {
			t.Errorf("took %v", census.Calls())
		}
	})
}

// While Census fails, its last answer may be served for the configured time beyond its
// freshness, here a minute, and is reported as stale. If Census refuses, it is not served.
func TestStaleWhileCensusFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration
		do    sim.Effect
		stale bool
	}{
		{"fails a little later", 30 * time.Second, sim.HTML(503), true},
		{"does not answer", 30 * time.Second, sim.Hang(), true},
		{"wants fewer calls for a day", 30 * time.Second, sim.Throttle("86400"), true},
		{"wants fewer calls", 30 * time.Second, sim.Throttle(""), true},
		{"is being mended and says so to people", 30 * time.Second, sim.HTML(200), true},
		{"makes no sense", 30 * time.Second, sim.JSON(200, `{"data":7}`), false},
		{"fails much later", 90 * time.Second, sim.HTML(503), false},
		{"refuses the token", 30 * time.Second, sim.JSON(401, `{"status":401}`), false},
		{"forbids", 30 * time.Second, sim.JSON(403, `{}`), false},
		{"has gone", 30 * time.Second, sim.Redirect(301, "https://elsewhere.test/"), true},
		{"knows it no more", 30 * time.Second, sim.JSON(404, `{"status":404}`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				census, client, id := newCachingClient(50, 5*time.Second)
				var reads []ReadReport
				client.onRead = func(_ context.Context, r ReadReport) { reads = append(reads, r) }
				ask := func() (errs []error) {
					_, err := client.Runs(t.Context(), id, paging.Window{Limit: 5})
					_, err2 := client.Sync(t.Context(), id)
					return []error{err, err2}
				}
				asked := time.Now()
				ask()
				reads = nil
				time.Sleep(tt.after)
				census.Inject(sim.Fault{Match: exceptSyncs, Do: tt.do})
				if fmt.Sprint(ask()) == "[<nil> <nil>]" != tt.stale {
					t.Error("stale, or not, against the rule")
				}
				for _, r := range reads {
					if r.Stale && !r.AsOf.Equal(asked) || !r.Stale && (tt.after > time.Minute/2 || !r.AsOf.IsZero()) {
						t.Errorf("reported %+v", r)
					}
				}
			})
		})
	}
}

// Of several windows, the cached ones are answered.
func TestStaleWindowsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(500, 5*time.Second)
		asked := time.Now()
		newest, oldest := paging.Window{Limit: 5}, paging.Window{Limit: 5, FromOldest: true}
		client.Runs(t.Context(), id, newest)
		time.Sleep(30 * time.Second)
		census.Inject(sim.Fault{Do: sim.HTML(501)})
		answers, err := client.Runs(t.Context(), id, newest, oldest)
		if err != nil || answers[0].Err != nil || len(answers[0].Rows) != 5 || !answers[0].Stale || !answers[0].AsOf.Equal(asked) {
			t.Fatalf("the newest: %v, %+v", err, answers)
		}
		checkVerdict(t, answers[1].Err, "unavailable")
	})
}

// A refused sync removes its runs from the cache, and refused runs their sync.
func TestNothingStaleOfRefusedSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(5, 5*time.Second)
		runs := func() error { _, err := client.Runs(t.Context(), id, paging.Window{Limit: 5}); return err }
		sync := func() error { _, err := client.Sync(t.Context(), id); return err }
		for _, which := range []string{"/syncs/1", "/syncs/1/sync_runs"} {
			checkVerdict(t, runs(), "ok")
			checkVerdict(t, sync(), "ok")
			time.Sleep(31 * time.Second)
			heal := census.Inject(sim.Fault{Match: sim.Path(which), Do: sim.JSON(404, `{}`)})
			if which == "/syncs/1" {
				checkVerdict(t, sync(), "not_found")
			} else {
				checkVerdict(t, runs(), "not_found")
			}
			heal()
			heal = census.Inject(sim.Fault{Do: sim.HTML(501)})
			checkVerdict(t, runs(), "unavailable")
			checkVerdict(t, sync(), "unavailable")
			heal()
		}
	})
}

// While Census hangs, calls without a place are answered from the cache, like those that time
// out.
func TestStaleWhileAllPlacesAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, _ := newCachingClient(1, time.Second)
		const syncs = 140
		for len(server.Syncs()) < syncs {
			addSyncWithRuns(server, 1)
		}
		read := func() (stale int) {
			var n atomic.Int64
			client.onRead = func(_ context.Context, r ReadReport) {
				if r.Stale {
					n.Add(1)
				}
			}
			var all sync.WaitGroup
			for i := range census.SyncID(syncs) {
				all.Go(func() {
					if _, err := client.Runs(t.Context(), i+1, paging.Window{Limit: 1}); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			return int(n.Load())
		}
		read()
		time.Sleep(2 * time.Second)
		server.Inject(sim.Fault{Do: sim.Hang()})
		if n := read(); n != syncs {
			t.Errorf("%d of %d are stale", n, syncs)
		}
	})
}

// An answer that Census has refused since is not served when Census fails later.
func TestNothingStaleAfterRefusal(t *testing.T) {
	for _, status := range []int{401, 403, 404} {
		synctest.Test(t, func(t *testing.T) {
			server, client, id := newCachingClient(50, 5*time.Second)
			run := census.SyncRunID(server.Runs(int64(id))[0].ID)
			server.UpdateRun(int64(run), func(r *sim.Run) { r.Status, r.CompletedAt = "working", time.Time{} })
			ask := func(want string) {
				t.Helper()
				_, err := client.Runs(t.Context(), id, paging.Window{Limit: 5})
				checkVerdict(t, err, want)
				_, err = client.Sync(t.Context(), id)
				checkVerdict(t, err, want)
				_, err = client.Run(t.Context(), run)
				checkVerdict(t, err, want)
				time.Sleep(31 * time.Second) // beyond the stale time of all entries
			}
			ask("ok")
			heal := server.Inject(sim.Fault{Match: exceptSyncs, Do: sim.JSON(status, `{}`)})
			ask(calls.KindOf(status).String())
			heal()
			server.Inject(sim.Fault{Do: sim.HTML(503)})
			ask("unavailable")
		})
	}
}

// A token that Census has rejected reads nothing of its cache, whichever call was rejected.
// Other tokens do.
func TestNothingKeptOfRejectedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(250, time.Hour)
		other := client.WithToken("two")
		run := census.SyncRunID(server.Runs(int64(id))[0].ID)
		ask := func(c *Client, want string) {
			t.Helper()
			_, err := c.Runs(t.Context(), id, paging.Window{Limit: 250})
			checkVerdict(t, err, want)
			_, err = c.Sync(t.Context(), id)
			checkVerdict(t, err, want)
			_, err = c.Run(t.Context(), run)
			checkVerdict(t, err, want)
		}
		ask(client, "ok")
		ask(other, "ok")
		heal := server.Inject(sim.Fault{Do: sim.JSON(401, `{}`)})
		_, err := client.Sync(t.Context(), id+1)
		checkVerdict(t, err, "unauthenticated")
		ask(client.WithToken("one"), "unauthenticated")
		heal()
		heal = server.Inject(sim.Fault{Do: sim.HTML(503)})
		ask(client, "unavailable")
		ask(other, "ok")
		if _, ok := client.CachedRuns(t.Context(), id, paging.Window{Limit: 1}); ok {
			t.Error("runs are kept")
		}
		heal()
		time.Sleep(time.Minute)
		ask(client, "ok")
		server.ResetCalls()
		ask(client, "ok")
		if calls := server.Calls(); len(calls) != 0 {
			t.Errorf("took %v: nothing is kept any more", calls)
		}
	})
}

// A read that is under way while Census rejects the token is not cached.
func TestNothingKeptOfTokenRejectedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(1, time.Hour)
		census.Inject(sim.Fault{Match: sim.Path("/syncs/1"), Do: sim.Delay(time.Second)})
		census.Inject(sim.Fault{Match: sim.Path("/syncs/2"), Do: sim.JSON(401, `{}`)})
		var both sync.WaitGroup
		both.Go(func() {
			_, err := client.Sync(t.Context(), id)
			checkVerdict(t, err, "ok")
		})
		synctest.Wait()
		client.Sync(t.Context(), 2)
		both.Wait()
		if _, ok := client.CachedSync(t.Context(), id); ok {
			t.Error("it is kept")
		}
	})
}

// If callers bring their own tokens, a revoked token is noticed within minutes.
func TestRunsOfCallersTokensAreKeptForMinutes(t *testing.T) {
	for own, want := range map[bool]int{false: 0, true: 1} {
		synctest.Test(t, func(t *testing.T) {
			server, _, id := newCachingClient(1, 5*time.Second)
			client := New("", Options{BaseURL: sim.Base(), Transport: server.Transport(), PageCache: 1 << 20, OwnTokens: own}).WithToken("one")
			run := census.SyncRunID(server.Runs(int64(id))[0].ID)
			client.Run(t.Context(), run)
			time.Sleep(5 * time.Minute)
			server.ResetCalls()
			client.Run(t.Context(), run)
			if n := len(server.Calls()); n != want {
				t.Errorf("own tokens %t: %d calls, want %d", own, n, want)
			}
		})
	}
}

func TestCacheIsBounded(t *testing.T) {
	census, _, id := newCachingClient(3000, time.Hour)
	client := New("one", Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 500 << 10, Freshness: time.Hour, Stale: 24 * time.Hour})
	walkAll(t, client, id, 1000)
	if s := client.CacheStats(); s.Bytes > 500<<10 || s.Entries == 0 || s.Misses == 0 {
		t.Errorf("%+v", s)
	}
}

// Operations that request the same long window at the same time share every page, not only the
// first.
func TestFlightsAreSharedToTheEnd(t *testing.T) {
	for limit, calls := range map[int]int{150: 2, 1000: 11} {
		synctest.Test(t, func(t *testing.T) {
			census, client, id := newCachingClient(1250, 0)
			census.Inject(sim.Fault{Do: sim.Delay(500 * time.Millisecond)})
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					if _, err := client.Runs(t.Context(), id, paging.Window{Limit: limit}); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := census.Calls(); len(got) != calls {
				t.Errorf("twenty of %d runs took %d calls, want %d: %v", limit, len(got), calls, got)
			}
		})
	}
}

// Reading older runs does not renew the newest runs or the total: each stays fresh from its
// own request.
func TestNewestRunsExpireByTheirOwnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(1100, 5*time.Second)
		running := server.AddRun(int64(id), sim.Run{Status: "working"})
		var until time.Time
		client.onRead = func(_ context.Context, r ReadReport) { until = r.Until }
		ask := func(w paging.Window) paging.Slice[census.SyncRun] {
			t.Helper()
			answers, err := client.Runs(t.Context(), id, w)
			if err != nil {
				t.Fatal(err)
			}
			return answers[0]
		}
		page := ask(paging.Window{Limit: 100})
		server.UpdateRun(running, func(r *sim.Run) { r.Status = "completed" })
		for i := range 4 {
			time.Sleep(2 * time.Second)
			page = ask(paging.Window{Limit: 100, Newer: at(page, 0)})
			server.ResetCalls()
			newest, fresh := ask(paging.Window{Limit: 1}), i < 2
			if seen := newest.Rows[0].Status == census.StatusCompleted; seen == fresh {
				t.Errorf("%d s after it was read the run is %s", 2*i+2, newest.Rows[0].Status)
			}
			if n := len(server.Calls()); fresh && n != 0 || n > 1 {
				t.Errorf("took %v", server.Calls())
			}
			if left := time.Until(until); fresh && left > time.Duration(5-2*(i+1))*time.Second {
				t.Errorf("the answer counts for %s more", left)
			}
		}
	})
}

// A page that may change stays fresh from its own request, whatever is read after it.
func TestUnfinishedPagesExpireByTheirOwnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(1100, 5*time.Second)
		running := server.Runs(int64(id))[402].ID
		server.UpdateRun(running, func(r *sim.Run) { r.Status, r.CompletedAt = "working", time.Time{} })
		server.Inject(sim.Fault{Do: sim.Delay(4 * time.Second)})
		astride := paging.Window{Limit: 10, Newer: position(t, server, id, 405)}
		for i, want := range []census.SyncRunStatus{census.StatusWorking, census.StatusFailed} {
			answers, err := client.Runs(t.Context(), id, astride)
			if err != nil {
				t.Fatal(err)
			}
			if got := answers[0].Rows[7].Status; got != want {
				t.Errorf("%d s after it was asked for first the run is %s", 8*i, got)
			}
			server.UpdateRun(running, func(r *sim.Run) { r.Status, r.UpdatedAt = "failed", r.CreatedAt })
		}
	})
}

// A slow answer does not replace one that was requested after it.
func TestSlowAnswersDoNotReplaceNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(250, 5*time.Second)
		ask := func(limit int) paging.Slice[census.SyncRun] {
			answers, err := client.Runs(t.Context(), id, paging.Window{Limit: limit})
			if err != nil {
				t.Error(err)
				return paging.Slice[census.SyncRun]{}
			}
			return answers[0]
		}
		ask(10)
		time.Sleep(6 * time.Second)
		server.Inject(sim.Fault{Match: hasQuery("per_page=26"), Do: answerLate(3 * time.Second)})
		slow := make(chan paging.Slice[census.SyncRun], 1)
		go func() { slow <- ask(25) }()
		time.Sleep(time.Second)
		created := census.SyncRunID(server.AddRun(int64(id), sim.Run{}))
		if s := ask(10); s.Rows[9].ID != created {
			t.Fatal("the new run is not seen")
		}
		<-slow
		if s := ask(1); s.Rows[0].ID != created || s.Total != 251 {
			t.Errorf("then the newest is run %d of %d, want %d", s.Rows[0].ID, s.Total, created)
		}
	})
}

// A slow list does not replace single records that were requested after it.
func TestSlowListsDoNotReplaceNewerRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client, id := newCachingClient(0, 5*time.Second)
		ids := []census.SyncID{id}
		for range 5 {
			ids = append(ids, census.SyncID(server.AddSync(sim.Sync{})))
		}
		server.Inject(sim.Fault{Match: sim.Path("/syncs"), Do: answerLate(3 * time.Second)})
		slow := make(chan map[census.SyncID]SyncResult, 1)
		go func() { slow <- client.SyncsByID(t.Context(), ids) }()
		time.Sleep(time.Second)
		server.Inject(sim.Fault{Match: sim.Path(calls.FetchSync.Path(int64(id))), Do: sim.Field("paused", "true")})
		if y, err := client.Sync(t.Context(), id); err != nil || !y.Paused {
			t.Fatal("the change is not seen", err)
		}
		<-slow
		if y, err := client.Sync(t.Context(), id); err != nil || !y.Paused {
			t.Error("then it is as it was before", err)
		}
	})
}

// Cached rows are not combined with an answer that was requested before them.
func TestCachedRunsMeetNoOlderAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(403, 5*time.Second)
		census.Inject(sim.Fault{Match: hasQuery("order=asc&page=4&"), Times: 1, Do: answerLate(3 * time.Second)})
		slow := make(chan error, 1)
		go func() {
			_, err := client.Runs(t.Context(), id, paging.Window{Older: position(t, census, id, 310), Limit: 50, FromOldest: true})
			slow <- err
		}()
		time.Sleep(time.Second)
		census.Prune(int64(id), 5)
		for range 5 {
			census.AddRun(int64(id), sim.Run{})
		}
		for _, w := range []paging.Window{{Limit: 3}, {Limit: 103}} {
			answers, err := client.Runs(t.Context(), id, w)
			if err != nil {
				t.Fatal(err)
			}
			truth := census.Runs(int64(id))[403-w.Limit:]
			for i, r := range answers[0].Rows {
				if int64(r.ID) != truth[i].ID {
					t.Fatalf("of the newest %d, run %d stands where %d should", w.Limit, r.ID, truth[i].ID)
				}
			}
		}
		if err := <-slow; err != nil {
			t.Error(err)
		}
	})
}

// answerLate is an answer that is made at once and arrives after d.
func answerLate(d time.Duration) sim.Effect {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		honest.ServeHTTP(w, r)
		time.Sleep(d)
	}
}

func hasQuery(query string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.Contains(r.URL.RawQuery, query) }
}

// A cached answer comes before the caller's deadline, whichever caller's request hangs.
func TestStaleInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, id := newCachingClient(50, 5*time.Second)
		client.Runs(t.Context(), id, paging.Window{Limit: 5})
		client.Sync(t.Context(), id)
		time.Sleep(30 * time.Second)
		census.Inject(sim.Fault{Do: sim.Hang()})
		var wg sync.WaitGroup
		for _, limit := range []time.Duration{3 * time.Second, 2 * time.Second, 3 * time.Second} {
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			wg.Go(func() {
				if _, err := client.Runs(ctx, id, paging.Window{Limit: 5}); err != nil || ctx.Err() != nil {
					t.Errorf("runs, after %s: %v", limit, err)
				}
			})
			wg.Go(func() {
				if _, err := client.Sync(ctx, id); err != nil || ctx.Err() != nil {
					t.Errorf("a sync, after %s: %v", limit, err)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		if calls := census.Calls(); len(calls) != 4 {
			t.Errorf("took %v", calls[2:])
		}
	})
}
