package calls

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// countTries reads a failing sync so many times, and returns how many exchanges that took.
func countTries(t *testing.T, census *fakeCensus, client *Caller, calls int) int {
	before := census.all()
	for range calls {
		ask(t.Context(), client, 1)
	}
	return census.all() - before
}

// A pageful of failed calls may be retried; a stream of them may not.
func TestRetriesAreBudgeted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bad := true
		census, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) {
			if bad {
				return reply(429, "")
			}
			return reply(200, "")
		})
		if n := countTries(t, census, client, 1); n != 3 {
			t.Errorf("the first call took %d tries, want 3", n)
		}
		if n := countTries(t, census, client, 19); n != 20 {
			t.Errorf("19 more took %d, want one more", n)
		}
		if n := countTries(t, census, client.WithToken("another"), 1); n != 3 {
			t.Errorf("another token's took %d, want 3, whatever the first has used up", n)
		}
		time.Sleep(10 * time.Second)
		if n := countTries(t, census, client, 20); n != 23 {
			t.Errorf("after ten seconds 20 took %d, want 23", n)
		}

		time.Sleep(10 * time.Second)
		bad = false
		countTries(t, census, client, 100)
		bad = true
		if n := countTries(t, census, client, 100); n < 110 || n > 120 {
			t.Errorf("after 100 good ones 100 took %d, want a tenth more of 100 to 200", n)
		}
	})
}

// A retry without enough time neither waits nor uses the budget.
func TestUselessRetriesCostNoBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client, _ := newFakeCensus(func(*http.Request) (*http.Response, error) { return reply(503, "3600") })
		for range 10 {
			ask(t.Context(), client, 1)
		}
		client = client.WithToken("another")
		client.transport.(*fakeCensus).do = func(*http.Request) (*http.Response, error) { return reply(503, "2") }
		for range 10 {
			ctx, cancel := atMost(time.Second)(t.Context())
			checkAskIn(t, ctx, client, 1, "unavailable", 0, 2*time.Second)
			cancel()
		}
		if _, retries := client.standing.budget.recent.sum(time.Now()); retries != 0 {
			t.Errorf("%d retries are noted, want none", retries)
		}
	})
}

func TestRecentForgets(t *testing.T) {
	var r recent
	at := func(s int64) time.Time { return time.Unix(1_000_000+s, 999) }
	x, y := target{FetchSync, 1}, target{FetchSync, 2}
	count := func(s int64, bad target) {
		n := r.current(at(s))
		n.all++
		if bad != (target{}) {
			if n.badBy == nil {
				n.badBy = map[target]int{}
			}
			n.bad, n.badBy[bad] = n.bad+1, n.badBy[bad]+1
		}
	}
	check := func(s int64, all, bad, ofX int) {
		t.Helper()
		a, b := r.sum(at(s))
		if o := r.badByTarget(at(s))[x]; a != all || b != bad || o != ofX {
			t.Errorf("%d s: %d, %d bad, %d of x; want %d, %d, %d", s, a, b, o, all, bad, ofX)
		}
	}
	check(0, 0, 0, 0)
	count(0, x)
	count(0, target{})
	count(3, y)
	count(9, x)
	check(9, 4, 3, 2)
	check(10, 2, 2, 1)
	check(13, 1, 1, 1)
	count(19, target{}) // replaces second 9
	check(19, 1, 0, 0)
	check(29, 0, 0, 0)
	check(-100, 0, 0, 0) // the clock was set back
}
