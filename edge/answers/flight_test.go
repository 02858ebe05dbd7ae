package answers

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// serveConcurrently serves n requests at once and returns their responses.
func serveConcurrently(n int, h http.Handler, request func(i int) *http.Request) []*httptest.ResponseRecorder {
	out := make([]*httptest.ResponseRecorder, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { out[i] = serve(h, request(i)) })
	}
	wg.Wait()
	return out
}

func slowAnswer(d time.Duration, then func(w http.ResponseWriter, r *http.Request, text string)) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, r *http.Request, text string) {
		select {
		case <-time.After(d):
			then(w, r, text)
		case <-r.Context().Done():
			w.WriteHeader(http.StatusGatewayTimeout)
		}
	}
}

func answerFreshFor(d time.Duration) func(w http.ResponseWriter, r *http.Request, text string) {
	return func(w http.ResponseWriter, r *http.Request, text string) {
		Fresh(r.Context(), d)
		io.WriteString(w, text)
	}
}

func TestSharedRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{run: slowAnswer(time.Second, answerFreshFor(time.Second))}
		c := New(mb, Options{})
		start := time.Now()
		all := serveConcurrently(50, c.Middleware(0)(o), func(int) *http.Request { return post("a", "x") })
		wantRuns(t, o, 1)
		if time.Since(start) != time.Second || c.Hits() != 49 || c.Misses() != 1 || c.waiting != 0 || len(c.flights) != 0 {
			t.Errorf("%v, %d hits, %d misses, %d wait", time.Since(start), c.Hits(), c.Misses(), c.waiting)
		}
		for _, w := range all {
			if w.Code != 200 || w.Body.String() != all[0].Body.String() || !strings.HasPrefix(w.Header().Get("Cache-Control"), "private") {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
		}
	})
}

// TestSharedOnce: an answer that is not fresh goes unchanged to the requests waiting for it, and
// to no later one.
func TestSharedOnce(t *testing.T) {
	for _, status := range []int{200, 500} {
		synctest.Test(t, func(t *testing.T) {
			o := &origin{run: slowAnswer(time.Second, func(w http.ResponseWriter, r *http.Request, text string) {
				Fresh(r.Context(), 0)
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(status)
				io.WriteString(w, text)
			})}
			var notes atomic.Int32
			c := New(mb, Options{Note: func(*http.Request) any { return "made" }, OnHit: func(_ *http.Request, note any) {
				if note == "made" {
					notes.Add(1)
				}
			}})
			h := c.Middleware(0)(o)
			start := time.Now()
			all := serveConcurrently(10, h, func(int) *http.Request { return post("a", "x") })
			wantRuns(t, o, 1)
			if time.Since(start) != time.Second || notes.Load() != 9 || c.Entries() != 0 || c.waiting != 0 || len(c.flights) != 0 {
				t.Errorf("%v, %d notes, %d kept, %d wait", time.Since(start), notes.Load(), c.Entries(), c.waiting)
			}
			for _, w := range all {
				if h := w.Header(); w.Code != status || w.Body.String() != all[0].Body.String() || h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" || h.Get("Retry-After") != "7" {
					t.Fatalf("%d %v %s", w.Code, h, w.Body)
				}
			}
			serve(h, post("a", "x"))
			wantRuns(t, o, 2)
		})
	}
}

// TestAnswersThatAreNotShared: if an answer cannot be shared, the waiting requests run on their
// own, concurrently, as soon as that is known.
func TestAnswersThatAreNotShared(t *testing.T) {
	for name, run := range map[string]func(w http.ResponseWriter, r *http.Request, text string){
		"unsaid": slowAnswer(time.Second, func(w http.ResponseWriter, r *http.Request, text string) { io.WriteString(w, text) }),
		"stream": slowAnswer(time.Second, func(w http.ResponseWriter, r *http.Request, text string) {
			w.Header().Set("Content-Type", "multipart/mixed")
			w.WriteHeader(200)
			time.Sleep(time.Hour)
			io.WriteString(w, text)
		}),
		"panic": slowAnswer(time.Second, func(http.ResponseWriter, *http.Request, string) { panic("on purpose") }),
	} {
		synctest.Test(t, func(t *testing.T) {
			o := &origin{run: run}
			c := New(mb, Options{})
			one := c.Middleware(0)(o)
			h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				defer func() {
					if recover() != nil {
						w.WriteHeader(500)
					}
				}()
				one.ServeHTTP(w, r)
			})
			start := time.Now()
			all := serveConcurrently(10, h, func(int) *http.Request { return post("a", "x") })
			took := time.Since(start).Truncate(time.Hour / 2) // an hour for a stream, not two
			if wantRuns(t, o, 10); took > time.Hour || c.waiting != 0 || len(c.flights) != 0 {
				t.Errorf("%s: took %v, %d wait", name, took, c.waiting)
			}
			bodies := map[string]bool{}
			for _, w := range all {
				if bodies[w.Body.String()] = true; w.Code == 500 != (name == "panic") {
					t.Errorf("%s: %d", name, w.Code)
				}
			}
			if name != "panic" && len(bodies) != 10 {
				t.Errorf("%s: %d bodies", name, len(bodies))
			}
		})
	}
}

// TestLeaving: a client that leaves affects no other; the run ends when all have left.
func TestLeaving(t *testing.T) {
	const n = 5
	for stay := range n + 1 { // index of the client that stays; n: all leave
		synctest.Test(t, func(t *testing.T) {
			o := &origin{run: slowAnswer(10*time.Second, answerFreshFor(time.Minute))}
			c := New(mb, Options{})
			h := c.Middleware(0)(o)
			begun := time.Now()
			out := make([]*httptest.ResponseRecorder, n)
			var wg sync.WaitGroup
			for i := range n {
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				wg.Go(func() { out[i] = serve(h, asCaller("a", post("a", "x").WithContext(ctx))) })
				synctest.Wait()
				if i != stay {
					time.AfterFunc(time.Second, leave)
				}
			}
			wg.Wait()
			took := time.Since(begun)
			if stay == n {
				if took != time.Second || c.Entries() != 0 {
					t.Errorf("all left: took %v, %d kept", took, c.Entries())
				}
				return
			}
			if took != 10*time.Second || out[stay].Code != 200 || c.Entries() != 1 {
				t.Errorf("%d stays: took %v, got %d", stay, took, out[stay].Code)
			}
			for i, w := range out {
				if i != stay && i != 0 && w.Code != http.StatusGatewayTimeout {
					t.Errorf("%d left and got %d", i, w.Code)
				}
			}
			if serve(h, post("a", "x")); c.Hits() == 0 {
				t.Error("the answer of a leader that left was not kept")
			}
		})
	}
}

// TestWaiting: at most maxWaiting requests wait.
func TestWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{run: slowAnswer(time.Second, answerFreshFor(time.Hour))}
		serveConcurrently(maxWaiting+11, New(mb, Options{}).Middleware(0)(o), func(int) *http.Request { return post("a", "x") })
		wantRuns(t, o, 11)
	})
}

// TestBoundedWait: a request that waited in vain does not get the full timeout again.
func TestBoundedWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{run: slowAnswer(10*time.Second, func(w http.ResponseWriter, r *http.Request, text string) { io.WriteString(w, text) })}
		h := New(mb, Options{}).Middleware(12 * time.Second)(o)
		begun := time.Now()
		all := serveConcurrently(2, h, func(int) *http.Request { return post("a", "x") })
		wantRuns(t, o, 2)
		if took := time.Since(begun); took != 12*time.Second {
			t.Errorf("took %v", took)
		}
		if got := []int{all[0].Code, all[1].Code}; got[0]+got[1] != http.StatusOK+http.StatusGatewayTimeout {
			t.Errorf("got %d", got)
		}
	})
}
