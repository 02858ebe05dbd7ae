package edge

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/internal/errcodes"
)

func TestInFlightAtItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 3
		f := NewInFlight(most)
		release := make(chan struct{})
		h := f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-release }))
		var wg sync.WaitGroup
		for range most {
			wg.Go(func() { checkPassed(t, serve(h, request("POST", "/"))) })
		}
		synctest.Wait()
		if len(f.slots) != most {
			t.Fatalf("%d of %d", len(f.slots), most)
		}

		start := time.Now() // one above the limit waits 100 ms and is then rejected
		res := serve(h, request("POST", "/"))
		checkRefusal(t, res, 503, errcodes.Overloaded)
		if d := time.Since(start); d != 100*time.Millisecond || res.Header.Get("Retry-After") != "1" {
			t.Errorf("rejected after %v, Retry-After %q", d, res.Header.Get("Retry-After"))
		}

		ctx, cancel := context.WithTimeout(t.Context(), 40*time.Millisecond) // its client leaves first
		defer cancel()
		start = time.Now()
		if f.acquire(ctx) || time.Since(start) != 40*time.Millisecond {
			t.Errorf("left after %v", time.Since(start))
		}

		for range most { // each gets a slot in time
			wg.Go(func() { checkPassed(t, serve(h, request("POST", "/"))) })
		}
		synctest.Wait()
		start = time.Now() // as many may wait as may run
		checkRefusal(t, serve(h, request("POST", "/")), 503, errcodes.Overloaded)
		if d := time.Since(start); d != 0 {
			t.Errorf("waited %v behind a full queue", d)
		}
		close(release)
		wg.Wait()
		if len(f.slots) != 0 || f.waiting.Load() != 0 {
			t.Errorf("%d run and %d wait at the end", len(f.slots), f.waiting.Load())
		}
	})
}

func TestPanicReleasesInFlightSlot(t *testing.T) {
	f := NewInFlight(1)
	h := f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }))
	for range 3 {
		func() {
			defer func() { recover() }()
			serve(h, request("POST", "/"))
		}()
	}
	if len(f.slots) != 0 {
		t.Errorf("%d slots are lost", len(f.slots))
	}
}

func as(id string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(withCaller(r.Context(), Caller{ID: id})))
	})
}

func TestRatesAtTheirLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rates := NewRates(RateLimit{PerSecond: 0.5, Burst: 3})
		h := rates.Middleware(served)
		for range 3 {
			checkPassed(t, serve(as("ada", h), request("POST", "/")))
		}
		for range 5 { // refusals do not count
			res := serve(as("ada", h), request("POST", "/"))
			checkRefusal(t, res, 429, errcodes.RateLimited)
			if got := res.Header.Get("Retry-After"); got != "2" {
				t.Errorf("Retry-After %q", got)
			}
		}
		checkPassed(t, serve(as("bob", h), request("POST", "/"))) // another caller

		time.Sleep(1999 * time.Millisecond)
		checkRefusal(t, serve(as("ada", h), request("POST", "/")), 429, errcodes.RateLimited)
		time.Sleep(time.Millisecond)
		checkPassed(t, serve(as("ada", h), request("POST", "/")))
		checkRefusal(t, serve(as("ada", h), request("POST", "/")), 429, errcodes.RateLimited)

		rates = NewRates(RateLimit{})
		h = rates.Middleware(served)
		for range 100 {
			checkPassed(t, serve(as("ada", h), request("POST", "/")))
		}
		if rates.callers.Len() != 0 {
			t.Errorf("without a limit: %d callers remembered", rates.callers.Len())
		}
	})
}

// Each answer of a gateway with a rate, including a 429, has headers with the rest of the burst and
// the time until it is full again.
func TestRateHeaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewRates(RateLimit{PerSecond: 0.5, Burst: 3}).Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		for i, want := range []string{`"caller";r=2;t=2`, `"caller";r=1;t=4`, `"caller";r=0;t=6`, `"caller";r=0;t=6`} {
			h := serve(as("ada", h), request("POST", "/")).Header
			if got := h.Get("RateLimit"); got != want || h.Get("RateLimit-Policy") != `"caller";q=3;w=6` {
				t.Errorf("request %d: %q, %q; want %q", i, got, h.Get("RateLimit-Policy"), want)
			}
		}
		time.Sleep(3 * time.Second)
		if got := serve(as("ada", h), request("POST", "/")).Header.Get("RateLimit"); got != `"caller";r=0;t=5` {
			t.Errorf("later: %q", got)
		}
	})
	h := NewRates(RateLimit{}).Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	if res := serve(as("ada", h), request("POST", "/")); res.Header["Ratelimit"] != nil {
		t.Errorf("without a rate: %v", res.Header)
	}
}

func TestRatesRememberAtMostMaxCallers(t *testing.T) {
	rates := NewRates(RateLimit{PerSecond: 0.001, Burst: 1})
	rates.take("steady")
	for i := range maxCallers + 1000 {
		rates.take(fmt.Sprint(i))
		if _, wait := rates.take("steady"); wait == 0 { // seen all the time, so never forgotten
			t.Fatal("a busy caller was forgotten")
		}
	}
	if rates.callers.Len() != maxCallers {
		t.Errorf("%d callers", rates.callers.Len())
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				rates.take(fmt.Sprint(i * j))
			}
		})
	}
	wg.Wait()
}
