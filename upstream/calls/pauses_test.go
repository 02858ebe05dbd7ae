package calls

import (
	"context"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// failOnce answers the first call with a status and a Retry-After, the rest with success.
func failOnce(status int, retryAfter string) func(*http.Request) (*http.Response, error) {
	var first sync.Once
	return func(*http.Request) (r *http.Response, err error) {
		first.Do(func() { r, err = reply(status, retryAfter) })
		if r == nil {
			r, err = reply(200, "")
		}
		return r, err
	}
}

// throttleSome answers 429 to the paths in bad, or to "all", and 200 to the others.
func throttleSome(bad map[string]bool, retryAfter string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if bad[r.URL.Path] || bad["all"] {
			return reply(429, retryAfter)
		}
		return reply(200, "")
	}
}

// farRetryAfters are Retry-Afters that must not silence anything for long.
var farRetryAfters = []string{"61", "3600", "86400", "Fri, 31 Dec 2199 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "99999999999999999999"}

// A sync that always answers 429 costs the others no call, no time and no place. It is called
// once a minute.
func TestOneLimitedSyncCostsOthersNothing(t *testing.T) {
	for _, header := range farRetryAfters {
		bubble(t, header, func(t *testing.T) {
			census, client, _ := newFakeCensus(throttleSome(map[string]bool{"/syncs/1": true, "/syncs/1/sync_runs": true}, header))
			const rounds = 60
			for i := range rounds {
				err, took := ask(t.Context(), client, 1)
				next := time.Minute - time.Duration(i%6)*10*time.Second // every sixth is the probe
				if err == nil || err.Kind != RateLimited || err.RetryAfter != next || took != 0 {
					t.Errorf("after %d s: %v, after %s", 10*i, err, took)
				}
				for id := range int64(20) {
					checkAsk(t, client, id+2, "ok", 0, 0)
				}
				if n := client.MaxCalls(); n != DefaultMaxCalls {
					t.Errorf("%d calls at once", n)
				}
				time.Sleep(10 * time.Second)
			}
			if n := census.calls["/syncs/1"]; n != rounds/6 {
				t.Errorf("%d calls of the sync in ten minutes, want %d", n, rounds/6)
			}
			if n := census.all(); n != rounds/6+20*rounds {
				t.Errorf("%d calls in all", n)
			}
		})
	}
}

// Each target is paused by itself: a sync with its runs, a list, a single run.
func TestPausedThings(t *testing.T) {
	type call struct {
		endpoint Endpoint
		id       int64
	}
	all := []call{{ListSyncs, 0}, {ListSources, 0}, {ListDestinations, 0}, {FetchSync, 1}, {ListSyncRuns, 1}, {FetchSync, 2}, {FetchSyncRun, 1}, {FetchSyncRun, 2}}
	for _, first := range all {
		synctest.Test(t, func(t *testing.T) {
			_, client, _ := newFakeCensus(failOnce(429, "30"))
			client.Get(t.Context(), first.endpoint, first.id, "")
			for _, next := range all {
				_, err := client.Get(t.Context(), next.endpoint, next.id, "")
				same := next == first || first.id == 1 && next.id == 1 && first.endpoint != FetchSyncRun && next.endpoint != FetchSyncRun
				if want := map[bool]string{true: "rate_limited", false: "ok"}[same]; verdict(err) != want {
					t.Errorf("%v after 429 to %v: %v, want %s", next, first, err, want)
				}
			}
		})
	}
}

func TestPauseIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(failOnce(429, "50"))
		checkAsk(t, client, 1, "rate_limited", 0, 50*time.Second)
		time.Sleep(20 * time.Second)
		checkAsk(t, client.WithToken(""), 1, "rate_limited", 0, 30*time.Second)
		time.Sleep(27*time.Second - 1)
		checkAsk(t, client, 1, "rate_limited", 0, 3*time.Second+1)
		if n := census.all(); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
		checkAsk(t, client.WithToken("another"), 1, "ok", 0, 0)
		time.Sleep(time.Nanosecond)
		checkAsk(t, client, 1, "ok", 3*time.Second, 0) // short enough to wait for
		checkAsk(t, client, 1, "ok", 0, 0)
	})
}

func TestShortPauseIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newFakeCensus(failOnce(429, "2"))
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() { checkAsk(t, client, 1, "ok", 2*time.Second, 0) }) // its own retry
		synctest.Wait()
		time.Sleep(500 * time.Millisecond)
		all.Go(func() { checkAsk(t, client, 1, "ok", 1500*time.Millisecond, 0) })
		for _, deadline := range []time.Duration{time.Second, 1500 * time.Millisecond} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				checkAskIn(t, ctx, client, 1, "rate_limited", 0, 1500*time.Millisecond)
			})
		}
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			checkAskIn(t, ctx, client, 1, "canceled", 300*time.Millisecond, 0)
		})
		time.Sleep(1500*time.Millisecond - 1)
		synctest.Wait()
		if n := census.all(); n != 1 {
			t.Errorf("%d calls after %s, want 1", n, time.Since(began))
		}
		all.Wait()
	})
}

// A call that waits for the end of a pause holds no place. Another pause may follow the first.
func TestPauseAfterPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		_, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) {
			if n++; n < 3 {
				return reply(429, "1")
			}
			return reply(200, "")
		})
		var all sync.WaitGroup
		all.Go(func() { checkAsk(t, client, 1, "ok", 2*time.Second, 0) })
		synctest.Wait()
		checkNothingHeld(t, client)
		all.Wait()
	})
}

// While a pause would be longer than a minute, one call a minute is a probe. Any answer to it
// but a 429 ends the pause, and a 429 replaces the time. A probe without a result postpones
// the next by a minute.
func TestProbe(t *testing.T) {
	says := func(status int, retryAfter string) func(*http.Request) (*http.Response, error) {
		return func(*http.Request) (*http.Response, error) { return reply(status, retryAfter) }
	}
	for name, c := range map[string]struct {
		do         func(*http.Request) (*http.Response, error)
		want       string
		took, told time.Duration
		next       time.Duration // until calls may start; 0: at once
		over       bool          // then for all, otherwise for a probe
	}{
		"200":                  {says(200, ""), "ok", 0, 0, 0, true},
		"404":                  {says(404, ""), "gone", 0, 0, 0, true},
		"401":                  {says(401, ""), "unauthenticated", 0, 0, 0, true},
		"429 for a day":        {says(429, "86400"), "rate_limited", 0, time.Minute, time.Minute, false},
		"429 for five seconds": {says(429, "5"), "rate_limited", 0, 5 * time.Second, 5 * time.Second, true},
		"429 for some time":    {says(429, ""), "rate_limited", 0, time.Minute, time.Minute, false},
		"501":                  {says(501, ""), "unavailable", 0, 0, time.Minute, false},
		"nothing":              {hang, "timeout", tryTimeout, 0, time.Minute, false},
	} {
		bubble(t, name, func(t *testing.T) {
			do := says(429, "86400")
			census, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) { return do(r) })
			checkAsk(t, client, 1, "rate_limited", 0, time.Minute)
			time.Sleep(time.Minute)
			do = hang
			ctx, cancel := atMost(300 * time.Millisecond)(t.Context())
			defer cancel()
			checkAskIn(t, ctx, client, 1, "timeout", 300*time.Millisecond, 0) // no result: another may start
			do = c.do
			checkAsk(t, client, 1, c.want, c.took, c.told)
			if c.next > 0 {
				checkAsk(t, client, 1, "rate_limited", 0, c.next)
				time.Sleep(c.next)
			}
			do = after(10 * time.Millisecond)
			before := census.all()
			var both sync.WaitGroup
			for range 2 {
				both.Go(func() { ask(t.Context(), client, 1) })
			}
			synctest.Wait()
			if n := census.all() - before; c.over && n != 2 || !c.over && n != 1 {
				t.Errorf("%d calls start afterwards", n)
			}
			both.Wait()
			checkAsk(t, client, 1, "ok", 10*time.Millisecond, 0)
		})
	}
}

// Calls that come while a probe is under way wait for its result.
func TestOthersWaitForProbe(t *testing.T) {
	for _, finds := range []string{"ok", "rate_limited"} {
		bubble(t, finds, func(t *testing.T) {
			do := throttleSome(map[string]bool{"all": true}, "86400")
			census, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) { return do(r) })
			ask(t.Context(), client, 1)
			time.Sleep(time.Minute)
			do = func(*http.Request) (*http.Response, error) {
				time.Sleep(250 * time.Millisecond)
				if finds == "ok" {
					return reply(200, "")
				}
				return reply(429, "86400")
			}
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					err, took := ask(t.Context(), client, 1)
					if err == nil != (finds == "ok") || took > 550*time.Millisecond {
						t.Errorf("%v after %s", err, took)
					}
				})
			}
			time.Sleep(250*time.Millisecond - 1)
			synctest.Wait()
			if n := census.all() - 1; n != 1 {
				t.Errorf("%d probes, want 1", n)
			}
			all.Wait()
		})
	}
}

// If several different targets answer 429, with no other answer between them, the token is
// paused: for a minute at most, then one probe a minute.
func TestSeveralThingsPauseToken(t *testing.T) {
	for _, header := range farRetryAfters[1:] {
		bubble(t, header, func(t *testing.T) {
			bad := map[string]bool{"all": true}
			census, client, _ := newFakeCensus(throttleSome(bad, header))
			for id := range int64(streakLength) {
				if n := client.MaxCalls(); n != DefaultMaxCalls {
					t.Errorf("%d calls at once after %d targets", n, id)
				}
				checkAsk(t, client, id+1, "rate_limited", 0, time.Minute)
			}
			if n := client.MaxCalls(); n == DefaultMaxCalls {
				t.Error("Census is taken to be well")
			}
			for range 60 {
				for id := range int64(streakLength) {
					if err, _ := ask(t.Context(), client, id+1); err == nil || err.RetryAfter > time.Minute || err.RetryAfter < 10*time.Second {
						t.Errorf("sync %d: %v", id+1, err)
					}
				}
				time.Sleep(10 * time.Second)
			}
			if n := census.all() - streakLength; n != 9 {
				t.Errorf("%d probes in ten minutes", n)
			}
			delete(bad, "all")
			for id := range int64(10) { // a minute since the last probe
				checkAsk(t, client, id+1, "ok", 0, 0)
			}
		})
	}
}

// A token is not paused by two targets. Nor is it by targets that answer 429 among others that
// do not, or slowly one after another.
func TestTokenIsNotPaused(t *testing.T) {
	for name, c := range map[string]struct {
		bad  int64 // syncs that answer 429
		good bool  // another is read in between
		wait time.Duration
	}{
		"two targets":         {2, false, 0},
		"with others between": {20, true, 0},
		"one after another":   {20, false, streakPeriod / 2},
	} {
		bubble(t, name, func(t *testing.T) {
			_, client, _ := newFakeCensus(func(r *http.Request) (*http.Response, error) {
				if r.URL.Path == "/syncs/999" {
					return reply(200, "")
				}
				return reply(429, "86400")
			})
			for range 3 {
				for id := range c.bad {
					ask(t.Context(), client, id+1)
					if c.good {
						checkAsk(t, client, 999, "ok", 0, 0)
					}
					time.Sleep(c.wait)
				}
			}
			checkAsk(t, client, 999, "ok", 0, 0)
			if n := client.MaxCalls(); n != DefaultMaxCalls {
				t.Errorf("%d calls at once", n)
			}
		})
	}
}

// Three syncs that always answer 429 may pause the token once. Whichever of them is called
// first afterwards, the other syncs are answered after a minute, and from then on always.
func TestLimitedThingsDoNotProlongPauseOfToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := map[string]bool{"/syncs/1": true, "/syncs/2": true, "/syncs/3": true}
		census, client, _ := newFakeCensus(throttleSome(bad, "86400"))
		for id := range int64(3) {
			checkAsk(t, client, id+1, "rate_limited", 0, time.Minute)
		}
		checkAsk(t, client, 4, "rate_limited", 0, time.Minute)
		time.Sleep(time.Minute)
		for range 60 {
			for id := range int64(3) {
				if err, _ := ask(t.Context(), client, id+1); err == nil || err.RetryAfter > time.Minute {
					t.Errorf("sync %d: %v", id+1, err)
				}
			}
			for id := range int64(20) {
				checkAsk(t, client, id+4, "ok", 0, 0)
			}
			time.Sleep(10 * time.Second)
		}
		if n := census.calls["/syncs/1"] + census.calls["/syncs/2"] + census.calls["/syncs/3"]; n > 3*11 {
			t.Errorf("%d calls of three syncs in eleven minutes", n)
		}
	})
}

// If 429s name no time, or a short one, calls wait for the end of the token's pause.
func TestShortPauseOfToken(t *testing.T) {
	for header, want := range map[string]time.Duration{"": unnamedPause, "soon": unnamedPause, "2": 2 * time.Second} {
		bubble(t, header, func(t *testing.T) {
			var healed atomic.Bool
			census, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) {
				if healed.Load() {
					return reply(200, "")
				}
				return reply(429, header)
			})
			var all sync.WaitGroup
			for id := range int64(streakLength) {
				all.Go(func() {
					if err, _ := ask(t.Context(), client, id+1); err != nil {
						t.Error(err)
					}
				})
			}
			synctest.Wait()
			before := census.all()
			all.Go(func() { checkAsk(t, client, 4, "ok", want, 0) })
			time.Sleep(want / 2)
			if n := census.all() - before; n != 0 && header == "2" {
				t.Errorf("%d calls during the pause", n)
			}
			healed.Store(true)
			all.Wait()
		})
	}
}

// Only a 429 that names a time is a pause.
func Test429WithoutPause(t *testing.T) {
	for _, c := range []struct {
		status int
		after  string
	}{{503, "60"}, {500, "60"}, {403, "60"}, {200, "60"}} {
		synctest.Test(t, func(t *testing.T) {
			_, client, _ := newFakeCensus(failOnce(c.status, c.after))
			ask(t.Context(), client, 1)
			checkAsk(t, client, 1, "ok", 0, 0)
		})
	}
	for _, header := range []string{"", "soon", "-1", "1e9", "0x10", "60s", "2199-12-31", "Fri, 31 Dec 2199"} {
		synctest.Test(t, func(t *testing.T) {
			census, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) { return reply(429, header) })
			ask(t.Context(), client, 1)
			if n := census.all(); n != 3 {
				t.Errorf("%q: %d tries, want 3", header, n)
			}
		})
	}
}

// For a probe the latest named time applies, for other calls the longest.
func TestLongestPauseCounts(t *testing.T) {
	var p pause
	now := time.Unix(1_000_000, 0)
	for _, c := range []struct {
		hear  time.Duration
		probe bool
		want  time.Duration
	}{{2, false, 2}, {5, false, 5}, {1, false, 5}, {3600, false, 60}, {5, false, 60}, {7, true, 7}} {
		p.extend(now, c.hear*time.Second, c.probe)
		if got := p.wait(now); got != c.want*time.Second {
			t.Errorf("%s left, want %ds", got, c.want)
		}
	}
	if p.wait(now.Add(7*time.Second)) != 0 || p.active(now.Add(7*time.Second)) {
		t.Error("it is not over in time")
	}
}

// Memory per token is limited.
func TestLimitedThingsAreBounded(t *testing.T) {
	var p pauses
	now := time.Unix(1_000_000, 0)
	for i := range int64(10 * maxLimited) {
		k := ticket{pauseTarget: target{FetchSync, i + 1}}
		p.begin(now, &k)
		p.end(now, k, &Error{Kind: RateLimited, RetryAfter: time.Hour}, healthy)
		now = now.Add(time.Millisecond)
		k = ticket{pauseTarget: target{endpoint: ListSyncs}}
		p.begin(now, &k)
		p.end(now, k, nil, healthy)
	}
	if len(p.limited) != maxLimited || len(p.streak) > streakLength {
		t.Errorf("%d targets and a streak of %d", len(p.limited), len(p.streak))
	}
	if p.wait(now, target{FetchSync, 10 * maxLimited}) == 0 || p.wait(now, target{FetchSync, 1}) != 0 {
		t.Error("not the oldest are forgotten")
	}
}

// Random answers to random reads at random times: no call waits longer than a minute. A
// target that answered 429 for an hour is not called for a minute. Once Census answers, all
// pauses end within a minute.
func TestPausesAtRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		targets := rapid.IntRange(1, 6).Draw(t, "targets")
		share := rapid.Float64Range(0, 1).Draw(t, "share of 429s")
		var p pauses
		now := time.Unix(1_000_000, 0)
		type call struct {
			ticket
			ends time.Time
		}
		var calls []call
		said := map[target]time.Time{} // when each last answered 429 for an hour, if it has not answered since
		land := func() {
			calls = slices.DeleteFunc(calls, func(c call) bool {
				if c.ends.After(now) {
					return false
				}
				err, h := (*Error)(nil), healthy
				switch dice := random.Float64(); {
				case dice < share:
					err = &Error{Kind: RateLimited, RetryAfter: []time.Duration{0, time.Second, time.Minute, time.Hour}[random.IntN(4)]}
				case dice < share+0.1:
					err, h = &Error{Kind: Unavailable}, unhealthy
				}
				switch at, known := said[c.pauseTarget]; {
				case err != nil && err.RetryAfter == time.Hour:
					said[c.pauseTarget] = now
				case known && c.began.After(at):
					delete(said, c.pauseTarget)
				}
				p.end(now, c.ticket, err, h)
				if err != nil && err.RetryAfter > maxPause {
					t.Fatalf("RetryAfter is %s", err.RetryAfter)
				}
				return true
			})
		}
		for range 300 {
			now = now.Add(time.Duration(random.IntN(2000)+1) * time.Millisecond)
			land()
			limited := target{FetchSync, int64(random.IntN(targets) + 1)}
			left := p.wait(now, limited)
			if left > maxPause {
				t.Fatalf("%s left", left)
			}
			if left > 0 {
				continue
			}
			if at, known := said[limited]; known && now.Sub(at) < maxPause {
				t.Fatalf("a call of %v starts %s after it answered 429 for an hour", limited, now.Sub(at))
			}
			k := ticket{pauseTarget: limited}
			p.begin(now, &k)
			calls = append(calls, call{k, now.Add(time.Duration(random.IntN(3000)) * time.Millisecond)})
		}
		now = now.Add(3 * time.Second)
		land()
		now = now.Add(maxPause)
		for id := range int64(targets) {
			limited := target{FetchSync, id + 1}
			if left := p.wait(now, limited); left != 0 {
				t.Fatalf("%s left of %v a minute later", left, limited)
			}
			k := ticket{pauseTarget: limited}
			p.begin(now, &k)
			p.end(now, k, nil, healthy)
		}
		if p.active(now) || len(p.limited) > 0 {
			t.Fatalf("not all is over once all are answered: %+v", p)
		}
	})
}
