package calls

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/sim"
)

// callTimes reads a sync n times at once. It returns the durations of the reads that ended as
// wanted, shortest first.
func callTimes(t *testing.T, c *Caller, id int64, n int, want string) (took []time.Duration) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			err, d := ask(t.Context(), c, id)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && want == "ok" || err != nil && err.Kind.String() == want {
				took = append(took, d)
			}
		})
	}
	all.Wait()
	slices.Sort(took)
	return took
}

func checkTimes(t *testing.T, got []time.Duration, want ...time.Duration) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("took %v, want %v", got, want)
	}
}

func TestEightOfOneSync(t *testing.T) {
	const call = 400 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(after(call))
		want := append(slices.Repeat([]time.Duration{call}, PerSync), slices.Repeat([]time.Duration{2 * call}, PerSync)...)
		checkTimes(t, callTimes(t, client, 1, 2*PerSync, "ok"), want...)
	})
	synctest.Test(t, func(t *testing.T) { // the fourth wave would wait for 1.2 s
		_, client, _ := newFakeCensus(after(call))
		var all sync.WaitGroup
		all.Go(func() { callTimes(t, client, 1, 3*PerSync, "ok") })
		synctest.Wait()
		checkTimes(t, callTimes(t, client, 1, 3, "busy"), maxQueue, maxQueue, maxQueue)
		all.Wait()
	})
}

func TestHangingSync(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, told := newFakeCensus(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/syncs/1" {
				return hang(r)
			}
			return reply(200, "")
		})
		var all sync.WaitGroup
		all.Go(func() {
			checkTimes(t, callTimes(t, client, 1, PerSync, "timeout"), slices.Repeat([]time.Duration{tryTimeout}, PerSync)...)
		})
		synctest.Wait()
		checkAsk(t, client, 1, "busy", maxQueue, maxQueue)
		if want := (Call{Failed: true, Kind: Busy}); *told != want {
			t.Errorf("%+v, want %+v", *told, want)
		}
		checkAsk(t, client, 2, "ok", 0, 0)
		all.Go(func() { checkAsk(t, client.WithToken("another"), 1, "timeout", tryTimeout, 0) })
		all.Wait()
		if census.calls["/syncs/1"] != PerSync+1 {
			t.Errorf("%d calls of the sync", census.calls["/syncs/1"])
		}
	})
}

func TestSixtyFourInAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(after(1500 * time.Millisecond))
		var all sync.WaitGroup
		for i := range int64(DefaultMaxCalls) {
			all.Go(func() { checkAsk(t, client, i+1, "ok", 1500*time.Millisecond, 0) })
		}
		time.Sleep(200 * time.Millisecond)
		all.Go(func() { checkAsk(t, client, 99, "busy", maxQueue, maxQueue) })
		all.Go(func() { checkAsk(t, client.WithToken("another"), 99, "busy", maxQueue, maxQueue) })
		time.Sleep(800 * time.Millisecond)
		all.Go(func() { checkAsk(t, client, 98, "ok", 2*time.Second, 0) }) // half a second of it for a place
		all.Wait()
	})
}

// Both waits together take at most a second. A call that fails to get the second place returns
// the first.
func TestTwoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/syncs/99" {
				return after(900 * time.Millisecond)(r)
			}
			return after(4 * time.Second)(r)
		})
		var all sync.WaitGroup
		many := func(n int, first int64, want string, took, retryAfter time.Duration) {
			for i := range int64(n) {
				all.Go(func() { checkAsk(t, client, first+i, want, took, retryAfter) })
			}
			synctest.Wait()
		}
		many(DefaultMaxCalls-PerSync, 1, "ok", 4*time.Second, 0)
		for range PerSync {
			many(1, 99, "ok", 900*time.Millisecond, 0)
		}
		many(PerSync, 50, "ok", 4900*time.Millisecond, 0) // next in all
		for range PerSync {
			many(1, 99, "busy", maxQueue, maxQueue) // 0.9 s for the sync, 0.1 s for all
		}
		time.Sleep(1100 * time.Millisecond)
		synctest.Wait()
		client.standing.mu.Lock()
		if l := client.standing.lanes[target{FetchSync, 99}]; l != nil {
			t.Errorf("%d users, %d places kept", l.users, len(l.slots))
		}
		client.standing.mu.Unlock()
		all.Wait()
	})
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(after(4 * time.Second))
		var all sync.WaitGroup
		for i := range int64(DefaultMaxCalls) {
			all.Go(func() { checkAsk(t, client, i+1, "ok", 4*time.Second, 0) })
		}
		synctest.Wait()
		for range 2 {
			checkTimes(t, callTimes(t, client, 1, PerSync, "busy"), slices.Repeat([]time.Duration{maxQueue}, PerSync)...)
		}
		defer all.Wait()
		client.standing.mu.Lock()
		defer client.standing.mu.Unlock()
		l := client.standing.lanes[target{FetchSync, 1}]
		if len(l.slots) != 1 || l.users != 1 {
			t.Errorf("%d places and %d users, want 1 each", len(l.slots), l.users)
		}
	})
}

// An endpoint that names no sync may hang as a whole.
func TestHangingEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path != "/syncs/1" {
				return hang(r)
			}
			return reply(200, "")
		})
		var all sync.WaitGroup
		for i := range int64(2 * DefaultMaxCalls) {
			all.Go(func() { client.Get(t.Context(), FetchSyncRun, i+1, "") })
		}
		synctest.Wait()
		checkAsk(t, client, 1, "ok", 0, 0)
		all.Wait()
	})
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(hang)
		var all sync.WaitGroup
		all.Go(func() { callTimes(t, client, 1, PerSync, "timeout") })
		synctest.Wait()
		ctx, cancel := atMost(300 * time.Millisecond)(t.Context())
		checkAskIn(t, ctx, client, 1, "busy", 300*time.Millisecond, maxQueue)
		cancel()
		ctx, cancel = cancelAfter(300 * time.Millisecond)(t.Context())
		checkAskIn(t, ctx, client, 1, "canceled", 300*time.Millisecond, 0)
		cancel()
		all.Wait()
		checkNothingHeld(t, client)
	})
}

// Calls that queued before a 429 came are not sent.
func TestPauseStopsQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
			time.Sleep(100 * time.Millisecond)
			return reply(429, "60")
		})
		checkTimes(t, callTimes(t, client, 1, 2*PerSync, "rate_limited"), slices.Repeat([]time.Duration{100 * time.Millisecond}, 2*PerSync)...)
		if n := census.all(); n != PerSync {
			t.Errorf("%d calls, want %d", n, PerSync)
		}
	})
}

// The same over a connection: a sync that hangs for 150 callers costs the others nothing.
func TestManyHangingReads(t *testing.T) {
	census, client := serve(t)
	for range 2 {
		addSyncWithRuns(census, 5)
	}
	census.Inject(sim.Fault{Match: sim.Path("/syncs/1/sync_runs"), Do: sim.Hang()})
	kinds := make([]string, 150)
	var all sync.WaitGroup
	began := time.Now()
	for i := range kinds {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
			defer cancel()
			_, err := client.Get(ctx, ListSyncRuns, 1, "")
			kinds[i] = verdict(err)
			if took := time.Since(began); kinds[i] == "busy" && took > maxQueue+time.Second {
				t.Errorf("refused after %s", took)
			}
		})
	}
	for len(client.gates.all) < PerSync {
		time.Sleep(time.Millisecond)
	}
	for range 50 {
		began := time.Now()
		_, err := client.Get(t.Context(), ListSyncRuns, 2, "")
		checkVerdict(t, err, "ok")
		if took := time.Since(began); took > time.Second {
			t.Errorf("a good read took %s", took)
		}
	}
	all.Wait()
	slices.Sort(kinds)
	want := append(slices.Repeat([]string{"busy"}, len(kinds)-PerSync), slices.Repeat([]string{"timeout"}, PerSync)...)
	if !slices.Equal(kinds, want) {
		t.Errorf("%q", slices.Compact(kinds))
	}
	checkNothingHeld(t, client)
}

// Any mix of calls, of callers that leave, and of waits.
func TestBulkheadsHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, waits := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(3, 4))
		var mu sync.Mutex // guards waits too
		now := map[string]int{}
		_, client, _ := newFakeCensus(func(q *http.Request) (*http.Response, error) {
			count := func(n int) time.Duration {
				mu.Lock()
				defer mu.Unlock()
				now[q.URL.Path] += n
				now["all"] += n
				if now[q.URL.Path] > PerSync || now["all"] > DefaultMaxCalls {
					t.Errorf("%d at once, %d of all", now[q.URL.Path], now["all"])
				}
				return time.Duration(waits.IntN(200)) * time.Millisecond
			}
			defer count(-1)
			return after(count(1))(q)
		})
		var all sync.WaitGroup
		var good, busy atomic.Int64
		for range 5000 {
			id, patience := int64(1+r.IntN(10)*r.IntN(10)), time.Duration(r.IntN(3000))*time.Millisecond
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				switch err, _ := ask(ctx, client, id); {
				case err == nil:
					good.Add(1)
				case err.Kind == Busy:
					busy.Add(1)
				}
			})
			time.Sleep(time.Duration(r.IntN(6)) * time.Millisecond)
		}
		all.Wait()
		checkNothingHeld(t, client)
		if good.Load() < 2000 || busy.Load() == 0 {
			t.Errorf("%d good, %d refused: nothing was tried", good.Load(), busy.Load())
		}
	})
}

// While Census fails, or has answered 429 to the token, half as many calls run at once. As
// many as usual wait for their turn, and any more are refused as usual.
func TestFewerCallsWhileUnhealthy(t *testing.T) {
	const call = 1500 * time.Millisecond
	for _, status := range []int{500, 503, 429} {
		synctest.Test(t, func(t *testing.T) {
			_, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
				if strings.HasPrefix(r.URL.Path, "/syncs/99") && r.URL.Path != "/syncs/99" {
					return reply(status, "")
				}
				return after(call)(r)
			})
			wave := func(c *Caller, want int) {
				if got := c.MaxCalls(); got != want {
					t.Errorf("%d: says it makes %d calls at once, want %d", status, got, want)
				}
				var all sync.WaitGroup
				took := map[time.Duration]int{}
				var mu sync.Mutex
				for i := range int64(DefaultMaxCalls) {
					all.Go(func() {
						err, d := ask(t.Context(), c, i+1)
						mu.Lock()
						defer mu.Unlock()
						if took[d]++; err != nil {
							t.Errorf("%d: %v", status, err)
						}
					})
				}
				synctest.Wait()
				if c == client { // it has all its slots
					all.Go(func() { checkAsk(t, c, 99, "busy", maxQueue, maxQueue) })
				}
				all.Wait()
				if took[call] != want || took[call]+took[2*call] != DefaultMaxCalls {
					t.Errorf("%d: took %v, want %d at once", status, took, want)
				}
			}
			wave(client, DefaultMaxCalls)
			ask(t.Context(), client, 991)
			if status == 429 { // of one target; it takes several to pause the token
				wave(client, DefaultMaxCalls)
				for id := range int64(streakLength) {
					ask(t.Context(), client, id+992)
				}
				time.Sleep(unnamedPause)
			}
			wave(client, DefaultMaxCalls/2)
			wave(client.WithToken("another"), DefaultMaxCalls) // unaffected at Census
			time.Sleep(unhealthyFor)
			wave(client, DefaultMaxCalls)
			checkNothingHeld(t, client)
		})
	}
}

// Calls that wait for a turn because Census is unhealthy for their token take no place from
// another token, and leave at their deadline.
func TestWaitingForATurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/syncs/999" {
				return reply(500, "")
			}
			return after(4 * time.Second)(r)
		})
		ask(t.Context(), client, 999)
		before := census.all()
		var all sync.WaitGroup
		for i := range int64(DefaultMaxCalls / 2) {
			all.Go(func() { checkAsk(t, client, i+1, "ok", 4*time.Second, 0) })
		}
		synctest.Wait()
		for i := range int64(DefaultMaxCalls / 2) {
			all.Go(func() {
				ctx, cancel := atMost(3 * time.Second)(t.Context())
				defer cancel()
				checkAskIn(t, ctx, client, 100+i, "busy", 3*time.Second, maxQueue)
			})
			all.Go(func() { checkAsk(t, client.WithToken("another"), i+1, "ok", 4*time.Second, 0) })
		}
		all.Wait()
		if n := census.all() - before; n != DefaultMaxCalls {
			t.Errorf("%d calls, want half of all by each token", n)
		}
		checkNothingHeld(t, client)
	})
}

// If callers bring tokens, a token whose syncs all hang leaves slots to others. Otherwise it
// may use all.
func TestOneTokenLeavesPlaces(t *testing.T) {
	for own, want := range map[bool]int{false: DefaultMaxCalls, true: 3 * DefaultMaxCalls / 4} {
		synctest.Test(t, func(t *testing.T) {
			census := &fakeCensus{calls: map[string]int{}, do: hang}
			client := New("one", Options{BaseURL: "http://census.test", Transport: census, OwnTokens: own})
			if n := client.MaxCalls(); n != want {
				t.Errorf("own tokens %t: says it makes %d calls at once, want %d", own, n, want)
			}
			var all sync.WaitGroup
			for i := range int64(78) {
				all.Go(func() { ask(t.Context(), client, i+1) })
			}
			synctest.Wait()
			if n := census.all(); n != want {
				t.Errorf("own tokens %t: %d calls at once, want %d", own, n, want)
			}
			if own {
				all.Go(func() { checkAsk(t, client.WithToken("two"), 1, "timeout", tryTimeout, 0) })
			} else {
				all.Go(func() { checkAsk(t, client.WithToken("two"), 1, "busy", maxQueue, maxQueue) })
			}
			all.Wait()
			checkNothingHeld(t, client)
		})
	}
	least := New("one", Options{MaxCalls: LeastMaxCalls, OwnTokens: true})
	if n := cap(least.standing.reduced); n > least.MaxCalls() || least.MaxCalls() <= PerSync {
		t.Errorf("of %d calls one token has %d, or %d", LeastMaxCalls, least.MaxCalls(), n)
	}
}
