package upstream

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// once answers the first call with a status and a Retry-After, the rest well.
func once(status int, retryAfter string) func(*http.Request) (*http.Response, error) {
	var first sync.Once
	return func(*http.Request) (r *http.Response, err error) {
		first.Do(func() { r, err = reply(status, retryAfter) })
		if r == nil {
			r, err = reply(200, "")
		}
		return r, err
	}
}

func TestSilenceIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newDoor(once(429, "60"))
		checkAsk(t, client, 1, "rate_limited", 0, 60*time.Second)
		checkAsk(t, client, 2, "rate_limited", 0, 60*time.Second)
		time.Sleep(20 * time.Second)
		checkAsk(t, client.WithToken(""), 2, "rate_limited", 0, 40*time.Second)
		time.Sleep(37*time.Second - 1)
		checkAsk(t, client, 1, "rate_limited", 0, 3*time.Second+1)
		if n := census.all(); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
		checkAsk(t, client.WithToken("another"), 1, "ok", 0, 0)
		time.Sleep(1)
		checkAsk(t, client, 1, "ok", 3*time.Second, 0) // near enough to wait for
		checkAsk(t, client, 1, "ok", 0, 0)
	})
}

func TestShortSilenceIsWaitedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newDoor(once(429, "2"))
		began := time.Now()
		var all sync.WaitGroup
		all.Go(func() { checkAsk(t, client, 1, "ok", 2*time.Second, 0) }) // its own retry
		synctest.Wait()
		time.Sleep(500 * time.Millisecond)
		all.Go(func() { checkAsk(t, client, 2, "ok", 1500*time.Millisecond, 0) })
		for deadline, took := range map[time.Duration]time.Duration{time.Second: 0, 1500 * time.Millisecond: 0} {
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), deadline)
				defer cancel()
				checkAskIn(t, ctx, client, 3, "rate_limited", took, 1500*time.Millisecond)
			})
		}
		all.Go(func() {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(300*time.Millisecond, cancel)
			checkAskIn(t, ctx, client, 4, "canceled", 300*time.Millisecond, 0)
		})
		time.Sleep(1500*time.Millisecond - 1)
		synctest.Wait()
		if n := census.all(); n != 1 {
			t.Errorf("%d calls after %s, want 1", n, time.Since(began))
		}
		all.Wait()
	})
}

// Who waits out a silence keeps no place, and the end of one may begin another.
func TestSilenceAfterSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		_, client, _ := newDoor(func(*http.Request) (*http.Response, error) {
			if n++; n < 3 {
				return reply(429, "1")
			}
			return reply(200, "")
		})
		var all sync.WaitGroup
		all.Go(func() { checkAsk(t, client, 1, "ok", 2*time.Second, 0) })
		synctest.Wait()
		checkNothingKept(t, client)
		all.Wait()
	})
}

func TestSilenceIsForgottenAfterAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newDoor(once(429, "Fri, 31 Dec 9999 23:59:59 GMT"))
		ask(t.Context(), client, 1)
		time.Sleep(59 * time.Minute)
		checkAsk(t, client, 1, "rate_limited", 0, time.Minute)
		time.Sleep(time.Minute)
		checkAsk(t, client, 1, "ok", 0, 0)
	})
}

// Only a 429 that names a time is of the whole token.
func TestWhatIsNoSilence(t *testing.T) {
	for _, c := range []struct {
		status int
		after  string
	}{{503, "60"}, {500, "60"}, {403, "60"}, {200, "60"}} {
		synctest.Test(t, func(t *testing.T) {
			_, client, _ := newDoor(once(c.status, c.after))
			ask(t.Context(), client, 1)
			checkAsk(t, client, 1, "ok", 0, 0)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newDoor(func(*http.Request) (*http.Response, error) { return reply(429, "") })
		ask(t.Context(), client, 1)
		if n := census.all(); n != 3 {
			t.Errorf("%d tries, want 3", n)
		}
	})
}

// A later 429 does not shorten what an earlier one said.
func TestLongestSilenceCounts(t *testing.T) {
	var s silence
	now := time.Unix(0, 0)
	for _, c := range []struct{ hear, want time.Duration }{{2, 2}, {5, 5}, {1, 5}, {0, 5}} {
		s.heard(now, &Error{Kind: RateLimited, RetryAfter: c.hear * time.Second})
		if got := s.left(now); got != c.want*time.Second {
			t.Errorf("%s left, want %ds", got, c.want)
		}
	}
	s.heard(now, nil)
	if s.left(now.Add(5*time.Second)) != 0 || s.left(now.Add(time.Hour)) != 0 {
		t.Error("it is not over in time")
	}
}
