package calls

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// failSome is a Census that answers 501 for the syncs in bad: its own fault, without a retry.
func failSome(bad map[string]bool) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if bad[r.URL.Path] || bad["all"] {
			return reply(501, "")
		}
		return reply(200, "")
	}
}

// openBreaker opens the breaker by failures of three syncs.
func openBreaker(t *testing.T, client *Caller) {
	t.Helper()
	for i := range int64(breakerCalls) {
		checkAsk(t, client, i%3+1, "unavailable", 0, 0)
	}
	checkAsk(t, client, 9, "unavailable", 0, breakerOpenFor)
}

func TestBreakerOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, told := newFakeCensus(failSome(map[string]bool{"all": true}))
		openBreaker(t, client)
		time.Sleep(1200 * time.Millisecond)
		checkAsk(t, client.WithToken(""), 9, "unavailable", 0, 3800*time.Millisecond)
		if n := census.all(); n != breakerCalls || told.Tries != 0 {
			t.Errorf("%d calls, want %d; the last made %d", n, breakerCalls, told.Tries)
		}
		checkAsk(t, client.WithToken("another"), 9, "unavailable", 0, 0)
		if n := census.all(); n != breakerCalls+1 {
			t.Error("another token is not asked for")
		}
	})
}

func TestBreakerOpensAtHalf(t *testing.T) {
	for good, want := range map[int]time.Duration{10: breakerOpenFor, 11: 0, 9: 0} {
		synctest.Test(t, func(t *testing.T) {
			bad := map[string]bool{}
			_, client, _ := newFakeCensus(failSome(bad))
			for range good {
				checkAsk(t, client, 1, "ok", 0, 0)
			}
			bad["all"] = true
			for i := range int64(10) {
				checkAsk(t, client, i+1, "unavailable", 0, 0)
			}
			checkAsk(t, client, 99, "unavailable", 0, want)
		})
	}
}

func TestBreakerForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(failSome(map[string]bool{"all": true}))
		for i := range int64(breakerCalls - 1) {
			checkAsk(t, client, i, "unavailable", 0, 0)
		}
		time.Sleep(10 * time.Second)
		for i := range int64(breakerCalls - 1) {
			checkAsk(t, client, i, "unavailable", 0, 0)
		}
		checkAsk(t, client, 99, "unavailable", 0, 0)
		checkAsk(t, client, 99, "unavailable", 0, breakerOpenFor)
	})
}

// One broken sync does not open the breaker, whatever else is read and however often.
func TestOneSyncDoesNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(failSome(map[string]bool{"/syncs/1": true, "/syncs/1/sync_runs": true}))
		for i := range int64(3000) {
			checkAsk(t, client, 1, "unavailable", 0, 0)
			client.Get(t.Context(), ListSyncRuns, 1, "")
			if i%10 == 0 {
				checkAsk(t, client, 2+i, "ok", 0, 0)
			}
			time.Sleep(time.Duration(i%5) * 10 * time.Millisecond)
		}
		if n := census.all(); n != 6300 {
			t.Errorf("%d calls, want 6300", n)
		}
	})
}

// The same at random: the rest may even fail a little.
func TestBreakerAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var b breaker
		now := time.Unix(1_000_000, 0)
		share := r.Float64()
		for n := range 1000 {
			x, h := target{FetchSync, 1}, unhealthy
			if r.Float64() > share {
				x.id, h = int64(2+r.IntN(50)), healthy
				if n%13 == 0 {
					h = unhealthy
				}
			}
			if b.wait(now, x) > 0 {
				t.Fatalf("open after %d exchanges, of which %.0f %% of one sync", n, 100*share)
			}
			b.end(now, b.begin(x), h)
			now = now.Add(time.Duration(r.IntN(30)) * time.Millisecond)
		}
	}
}

// Runs that are fetched one by one may all belong to one sync. They count as one target.
func TestSingleRunsDoNotOpenTheBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(failSome(map[string]bool{"all": true}))
		for i := range int64(100) {
			client.Get(t.Context(), FetchSyncRun, i, "")
		}
		if n := census.all(); n != 100 {
			t.Errorf("%d calls, want 100", n)
		}
	})
}

// Results that show nothing about Census, or that it is up, do not open the breaker.
func TestBreakerStaysClosed(t *testing.T) {
	status := func(n int) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) { return reply(n, "") }
	}
	for name, c := range map[string]struct {
		do   func(*http.Request) (*http.Response, error)
		ctx  func(context.Context) (context.Context, context.CancelFunc)
		want string
	}{
		"400": {status(400), nil, "bad_response"}, "401": {status(401), nil, "unauthenticated"}, "403": {status(403), nil, "forbidden"},
		"404": {status(404), nil, "gone"}, "429": {status(429), nil, "rate_limited"}, "302": {status(302), nil, "gone"},
		"callers leave":       {hang, cancelAfter(2 * time.Second), "canceled"},
		"callers are hurried": {hang, atMost(999 * time.Millisecond), "timeout"},
		"not even a request":  {func(*http.Request) (*http.Response, error) { return nil, context.Canceled }, cancelled, "canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, client, _ := newFakeCensus(c.do)
				var all sync.WaitGroup
				for i := range int64(20) {
					all.Go(func() {
						ctx := t.Context()
						if c.ctx != nil {
							var cancel context.CancelFunc
							ctx, cancel = c.ctx(ctx)
							defer cancel()
						}
						err, _ := ask(ctx, client, i+1)
						checkVerdict(t, err, c.want)
					})
				}
				all.Wait()
				if !client.standing.breaker.until.IsZero() {
					t.Error("it is open")
				}
			})
		})
	}
}

func TestFailuresOpenTheBreaker(t *testing.T) {
	const long = time.Minute
	for name, c := range map[string]struct {
		do   func(*http.Request) (*http.Response, error)
		time time.Duration
		want string
	}{
		"500":                            {failSome(map[string]bool{"all": true}), long, "unavailable"},
		"reset":                          {func(*http.Request) (*http.Response, error) { return nil, io.EOF }, long, "unavailable"},
		"timeouts":                       {hang, long, "timeout"},
		"timeouts of a second's callers": {hang, time.Second, "timeout"},
		"a body that never comes": {func(r *http.Request) (*http.Response, error) {
			body, out := io.Pipe()
			context.AfterFunc(r.Context(), func() { out.CloseWithError(r.Context().Err()) })
			return &http.Response{StatusCode: 200, Body: body}, nil
		}, long, "timeout"},
		"half a body": {func(*http.Request) (*http.Response, error) {
			body := io.MultiReader(strings.NewReader("{"), &failingReader{io.ErrUnexpectedEOF})
			return &http.Response{StatusCode: 200, Body: io.NopCloser(body)}, nil
		}, long, "unavailable"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, client, _ := newFakeCensus(c.do)
				var all sync.WaitGroup
				for i := range int64(20) {
					all.Go(func() {
						ctx, cancel := context.WithTimeout(t.Context(), c.time)
						defer cancel()
						err, _ := ask(ctx, client, i+1)
						checkVerdict(t, err, c.want)
					})
				}
				all.Wait()
				if client.standing.breaker.until.IsZero() {
					t.Error("it is closed")
				}
			})
		})
	}
}

type failingReader struct{ err error }

func (r *failingReader) Read([]byte) (int, error) { return 0, r.err }

func TestOneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := map[string]bool{"all": true}
		do := failSome(bad)
		census, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) { return do(r) })
		openBreaker(t, client)
		before := census.all()
		time.Sleep(breakerOpenFor - 1)
		checkAsk(t, client, 1, "unavailable", 0, 1)
		time.Sleep(time.Nanosecond)

		do = hang
		var all sync.WaitGroup
		all.Go(func() { checkAsk(t, client, 1, "timeout", tryTimeout, 0) })
		synctest.Wait()
		for i := range int64(10) {
			checkAsk(t, client, i+1, "unavailable", 0, breakerProbing)
		}
		all.Wait()
		checkAsk(t, client, 2, "unavailable", 0, breakerOpenFor) // it failed
		if n := census.all() - before; n != 1 {
			t.Errorf("%d probes, want 1", n)
		}

		time.Sleep(breakerOpenFor)
		all.Go(func() { // the caller leaves: no result
			ctx, cancel := cancelAfter(100 * time.Millisecond)(t.Context())
			defer cancel()
			checkAskIn(t, ctx, client, 2, "canceled", 100*time.Millisecond, 0)
		})
		synctest.Wait()
		checkAsk(t, client, 3, "unavailable", 0, breakerProbing)
		all.Wait()

		do = after(100 * time.Millisecond)
		checkAsk(t, client, 3, "ok", 100*time.Millisecond, 0)
		for i := range int64(10) {
			all.Go(func() { checkAsk(t, client, i+1, "ok", 100*time.Millisecond, 0) })
		}
		all.Wait()
		do = failSome(bad)
		time.Sleep(10 * time.Second)
		openBreaker(t, client)
	})
}

// A sync that stays broken after the rest has recovered does not keep the breaker open by
// being each probe.
func TestBrokenSyncLeavesTheProbeToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := map[string]bool{"all": true, "/syncs/1": true}
		census, client, _ := newFakeCensus(failSome(bad))
		openBreaker(t, client)
		delete(bad, "all")
		time.Sleep(breakerOpenFor)
		checkAsk(t, client, 1, "unavailable", 0, 0)
		checkAsk(t, client, 1, "unavailable", 0, 2*breakerOpenFor)
		time.Sleep(breakerOpenFor)
		before := census.all()
		checkAsk(t, client, 1, "unavailable", 0, breakerOpenFor)
		if census.all() != before {
			t.Error("it was the probe again")
		}
		checkAsk(t, client, 2, "ok", 0, 0)
		checkAsk(t, client, 1, "unavailable", 0, 0)
	})
	synctest.Test(t, func(t *testing.T) { // if no other sync is read, it may
		bad := map[string]bool{"all": true}
		_, client, _ := newFakeCensus(failSome(bad))
		openBreaker(t, client)
		time.Sleep(breakerOpenFor)
		checkAsk(t, client, 1, "unavailable", 0, 0)
		delete(bad, "all")
		time.Sleep(2 * breakerOpenFor)
		checkAsk(t, client, 1, "ok", 0, 0)
	})
}

// Exchanges that began before the breaker opened or closed no longer matter.
func TestLateEndsAreIgnored(t *testing.T) {
	var b breaker
	now, other := time.Unix(1_000_000, 0), target{FetchSync, 50}
	early := b.begin(target{FetchSync, 99})
	trip := func() {
		for i := range int64(breakerCalls) {
			b.end(now, b.begin(target{FetchSync, i}), unhealthy)
		}
	}
	trip()
	if b.wait(now, other) != breakerOpenFor {
		t.Fatal("it is not open")
	}
	now = now.Add(time.Second)
	b.end(now, early, unhealthy)
	b.end(now, early, healthy)
	if left := b.wait(now, other); left != breakerOpenFor-time.Second {
		t.Errorf("open for %s more", left)
	}
	now = now.Add(breakerOpenFor)
	probe := b.begin(target{FetchSync, 1})
	b.end(now, early, unhealthy)
	b.end(now, probe, healthy)
	b.end(now, probe, unhealthy)
	b.end(now, early, unhealthy)
	if all, _ := b.recent.sum(now); b.wait(now, other) != 0 || all != 0 {
		t.Errorf("%d counted since it closed", all)
	}
}
