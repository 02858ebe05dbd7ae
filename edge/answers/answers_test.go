package answers

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/edge"
	"census-gateway/internal/notes"
)

func TestHit(t *testing.T) {
	o := &origin{fresh: 5 * time.Second}
	var notes []any
	c := New(mb, Options{
		Note:  func(r *http.Request) any { return r.Method },
		OnHit: func(_ *http.Request, note any) { notes = append(notes, note) },
	})
	h := c.Middleware(0)(o)
	first := serve(h, post("a", `{"query":"{x}"}`))
	second := serve(h, post("a", `{"query":"{x}"}`))
	wantRuns(t, o, 1)
	if first.Body.String() != second.Body.String() || first.Code != 200 || second.Code != 200 {
		t.Errorf("%d %q, then %d %q", first.Code, first.Body, second.Code, second.Body)
	}
	for _, w := range []*httptest.ResponseRecorder{first, second} {
		head := w.Header()
		if head.Get("ETag") != "" || head.Get("Content-Type") != "application/json; charset=utf-8" ||
			strings.Join(head["Vary"], ", ") != "Accept, X-Census-Cost" || !strings.HasPrefix(head.Get("Cache-Control"), "private, max-age=") || len(head["Cache-Control"]) != 1 {
			t.Errorf("header %v", head)
		}
	}
	if c.Hits() != 1 || c.Misses() != 1 || c.Entries() != 1 || c.Bytes() < int64(first.Body.Len()) || len(notes) != 1 || notes[0] != "POST" {
		t.Errorf("hits %d, misses %d, entries %d, bytes %d, notes %v", c.Hits(), c.Misses(), c.Entries(), c.Bytes(), notes)
	}
}

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{fresh: 2500 * time.Millisecond}
		h := New(mb, Options{}).Middleware(0)(o)
		for _, step := range []struct {
			wait time.Duration
			age  string
			runs int64
		}{
			{0, "2", 1}, {499 * time.Millisecond, "2", 1}, {2 * time.Millisecond, "1", 1}, {1998 * time.Millisecond, "0", 1},
			{time.Millisecond, "2", 2}, {time.Hour, "2", 3},
		} {
			time.Sleep(step.wait)
			if got := serve(h, post("a", "x")).Header().Get("Cache-Control"); got != "private, max-age="+step.age {
				t.Errorf("after %v: %s, want %s", step.wait, got, step.age)
			}
			wantRuns(t, o, step.runs)
		}
		o.fresh = maxFresh * 100
		serve(h, post("b", "x"))
		if got := serve(h, post("b", "x")).Header().Get("Cache-Control"); got != "private, max-age=86400" {
			t.Errorf("the longest is %s", got)
		}
	})
}

// TestAge: Age continues to grow while the answer is kept, and max-age counts from the same
// moment.
func TestAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &origin{run: func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), 2500*time.Millisecond)
			w.Header().Set("Age", "3")
			io.WriteString(w, text)
		}}
		h := New(mb, Options{}).Middleware(0)(o)
		for _, step := range []struct {
			wait     time.Duration
			age, max string
		}{{0, "3", "5"}, {600 * time.Millisecond, "3", "4"}, {400 * time.Millisecond, "4", "5"}, {time.Second, "5", "5"}, {time.Second, "3", "5"}} {
			time.Sleep(step.wait)
			got := serve(h, post("a", "x")).Header()
			if len(got["Age"]) != 1 || got.Get("Age") != step.age || got.Get("Cache-Control") != "private, max-age="+step.max {
				t.Errorf("after %v: %v, want Age %s and max-age %s", step.wait, got, step.age, step.max)
			}
		}
	})
}

// TestFresh: the shortest time applies, and 0 is final.
func TestFresh(t *testing.T) {
	for _, c := range []struct {
		said []time.Duration
		age  string // "" if it is not kept
	}{
		{nil, ""},
		{[]time.Duration{0}, ""},
		{[]time.Duration{-time.Second, time.Hour}, ""},
		{[]time.Duration{time.Hour, 0, time.Hour}, ""},
		{[]time.Duration{9 * time.Second, 3 * time.Second, 5 * time.Second}, "3"},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := &origin{run: func(w http.ResponseWriter, r *http.Request, text string) {
				for _, d := range c.said {
					Fresh(r.Context(), d)
				}
				io.WriteString(w, text)
			}}
			got := serve(New(mb, Options{}).Middleware(0)(o), post("a", "x")).Header().Get("Cache-Control")
			if want := "private, max-age=" + c.age; got != want && (c.age != "" || got != "no-store") {
				t.Errorf("%v: %s", c.said, got)
			}
		})
	}
	Fresh(t.Context(), time.Second) // outside of a request it does nothing
}

// TestNotKept: an answer that must not be kept for any reason is not kept, and arrives unchanged.
func TestNotKept(t *testing.T) {
	large := strings.Repeat("x", mb/8)
	for name, run := range map[string]func(w http.ResponseWriter, r *http.Request, text string){
		"status": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			w.WriteHeader(502)
			io.WriteString(w, text)
		},
		"unsaid": func(w http.ResponseWriter, r *http.Request, text string) { io.WriteString(w, text) },
		"page": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, text)
		},
		"cookie": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			w.Header().Set("Set-Cookie", "a=b")
			io.WriteString(w, text)
		},
		"large": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			io.WriteString(w, text)
			io.WriteString(w, large)
		},
		"announced large": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			w.Header().Set("Content-Length", "200000")
			io.WriteString(w, text)
		},
		"flushed": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			io.WriteString(w, text)
			w.(http.Flusher).Flush()
		},
		"multipart": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			w.Header().Set("Content-Type", "multipart/mixed; boundary=-")
			w.WriteHeader(200)
			http.NewResponseController(w).Flush()
			io.WriteString(w, text)
		},
		"late veto": func(w http.ResponseWriter, r *http.Request, text string) {
			Fresh(r.Context(), time.Hour)
			io.WriteString(w, text)
			Fresh(r.Context(), 0)
		},
	} {
		o := &origin{run: run}
		c := New(mb, Options{})
		plain := serve(o, post("a", "x"))
		got := serve(c.Middleware(0)(o), post("a", "x"))
		if want := strings.Replace(plain.Body.String(), `"1 `, `"2 `, 1); got.Body.String() != want || got.Code != plain.Code || got.Flushed != plain.Flushed {
			t.Errorf("%s: %d %.80q, want %d %.80q", name, got.Code, got.Body, plain.Code, want)
		}
		if got.Header().Get("ETag") != "" || got.Header().Get("Cache-Control") != "no-store" || c.Entries() != 0 {
			t.Errorf("%s: %v, %d kept", name, got.Header(), c.Entries())
		}
	}
}

func TestEmptyAnswer(t *testing.T) {
	h := New(mb, Options{}).Middleware(0)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-A", "b") }))
	if w := serve(h, post("a", "x")); w.Code != 200 || w.Header().Get("X-A") != "b" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}

func TestOff(t *testing.T) {
	o := &origin{fresh: time.Hour}
	h := New(0, Options{}).Middleware(0)(o)
	if h != http.Handler(o) {
		t.Error("the Middleware of a disabled Cache is not next")
	}
}

// TestPassBy: requests without a key are not kept, and their answers arrive complete.
func TestPassBy(t *testing.T) {
	o := &origin{fresh: time.Hour}
	c := New(mb, Options{})
	h := c.Middleware(0)(o)
	long := strings.Repeat("y", maxKey)
	unread := post("a", "x")
	notes.Of(unread.Context()).Body = nil
	other := post("a", "x")
	other.Method = "PUT"
	for name, r := range map[string]*http.Request{
		"nobody": httptest.NewRequest("POST", "/graphql", strings.NewReader("x")),
		"long":   post("a", long), "unread": unread, "long URL": get("a", long), "method": other,
	} {
		before := o.runs.Load()
		w := serve(h, r)
		if o.runs.Load() != before+1 || c.Entries() != 0 || c.Misses() != 0 {
			t.Errorf("%s: kept", name)
		}
		if name == "long" && !strings.Contains(w.Body.String(), long+" <nil>") || name == "unread" && !strings.Contains(w.Body.String(), "x <nil>") {
			t.Errorf("%s: got %.60q", name, w.Body)
		}
	}
}

// TestOutside: headers set by outer layers stay, and changing them does not change a kept answer.
func TestOutside(t *testing.T) {
	o := &origin{run: func(w http.ResponseWriter, r *http.Request, text string) {
		w.Header().Add("X-Many", "1")
		w.Header().Add("X-Many", "2")
		w.Header().Add("X-Many", "3")
		Fresh(r.Context(), time.Hour)
		io.WriteString(w, text)
	}}
	c := New(mb, Options{})
	h := edge.Chain(c.Middleware(0)(o), edge.RequestID, edge.ReadBody(mb, 0), func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Vary", "Origin")
			next.ServeHTTP(w, r)
			w.Header().Add("X-Many", "4")
		})
	})
	serve(h, post("a", "x"))
	all := serveConcurrently(8, h, func(int) *http.Request { return post("a", "x") }) // at once, so that the race detector sees shared data
	seen := map[string]bool{}
	for _, w := range all {
		head := w.Header()
		if got := strings.Join(head["Vary"], ","); got != "Origin,Accept,X-Census-Cost" {
			t.Errorf("Vary: %s", got)
		}
		if got := strings.Join(head["X-Many"], ""); got != "1234" {
			t.Errorf("X-Many: %s", got)
		}
		seen[head.Get("X-Request-Id")] = true
	}
	if len(seen) != len(all) {
		t.Errorf("request ids %v", seen)
	}
	wantRuns(t, o, 1)
}

// TestBound: the size of the kept answers stays within the limit, and the latest answer is kept.
func TestBound(t *testing.T) {
	const limit = 64 << 10
	o := &origin{fresh: time.Hour}
	c := New(limit, Options{})
	h := c.Middleware(0)(o)
	for i := range 300 {
		ask := strings.Repeat("x", i*7%2000) + strconv.Itoa(i)
		serve(h, post("a", ask))
		if serve(h, post("a", ask)); c.Hits() != uint64(i+1) {
			t.Fatalf("%d: the latest is gone", i)
		}
		if c.Bytes() > limit {
			t.Fatalf("%d: %d bytes in %d answers", i, c.Bytes(), c.Entries())
		}
	}
	if c.Bytes() < limit/2 || c.Entries() < 10 {
		t.Errorf("only %d bytes in %d answers", c.Bytes(), c.Entries())
	}
}

// TestHandlers: an answer of one handler is never returned for another.
func TestHandlers(t *testing.T) {
	one, two := &origin{fresh: time.Hour}, &origin{fresh: time.Hour}
	c := New(mb, Options{})
	serve(c.Middleware(0)(one), post("a", "x"))
	serve(c.Middleware(0)(two), post("a", "x"))
	wantRuns(t, one, 1)
	wantRuns(t, two, 1)
}
