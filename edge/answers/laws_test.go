package answers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// TestKeyLaw: two requests have the same key exactly if they agree in everything that may change
// the answer.
func TestKeyLaw(t *testing.T) {
	text := rapid.SampledFrom([]string{"", "a", "b", "ab", "a\x00", "\x01a", "a,b"})
	type keyRequest struct {
		Layer                       uint64
		Method, Caller, Query, Body string
		Headers                     [5][]string
	}
	draw := rapid.Custom(func(t *rapid.T) keyRequest {
		a := keyRequest{Layer: rapid.Uint64Range(1, 2).Draw(t, "layer"), Method: rapid.SampledFrom([]string{"GET", "POST"}).Draw(t, "method"),
			Caller: "k" + text.Draw(t, "caller"), Query: text.Draw(t, "query")}
		if a.Method == "POST" {
			a.Body = text.Draw(t, "body")
		}
		for i := range a.Headers {
			a.Headers[i] = rapid.SliceOfN(text, 0, 2).Draw(t, "header")
		}
		return a
	})
	key := func(t *rapid.T, a keyRequest) string {
		r := asCaller(a.Caller, httptest.NewRequest(a.Method, "/", strings.NewReader(a.Body)))
		r.URL.RawQuery = a.Query
		for i, name := range keyHeaders() {
			if len(a.Headers[i]) > 0 {
				r.Header[name] = a.Headers[i]
			}
		}
		key, ok := appendKey(nil, a.Layer, r)
		if !ok {
			t.Fatal("not kept")
		}
		return string(key)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if rapid.Bool().Draw(t, "alike") { // by chance they are rarely alike
			b = a
			switch rapid.IntRange(0, 4).Draw(t, "but for") {
			case 0:
				b.Caller += "x"
			case 1: // the same text, divided elsewhere
				b.Query, b.Body = cut(t, a.Query+a.Body)
				if a.Method == "GET" {
					b.Query, b.Body = a.Query, ""
				}
			case 2:
				i := rapid.IntRange(0, 4).Draw(t, "which")
				first, second := cut(t, strings.Join(a.Headers[i], ""))
				b.Headers[i] = []string{first, second}
			case 3: // the caller's name continues in the next part
				tail := string(appendHeaders(nil, a.Headers))
				i := rapid.IntRange(0, len(tail)).Draw(t, "taken")
				b.Caller += tail[:i]
			}
		}
		if same := fmt.Sprintf("%#v", a) == fmt.Sprintf("%#v", b); (key(t, a) == key(t, b)) != same {
			t.Fatalf("%#v and %#v: same %v", a, b, same)
		}
	})
}

// cut splits s in two.
func cut(t *rapid.T, s string) (string, string) {
	i := rapid.IntRange(0, len(s)).Draw(t, "cut")
	return s[:i], s[i:]
}

// appendHeaders appends the headers of a key without their lengths.
func appendHeaders(b []byte, headers [5][]string) []byte {
	for _, values := range headers {
		b = append(b, byte(len(values)))
		for _, v := range values {
			b = append(b, v...)
		}
	}
	return b
}

// TestKeyParts: pairs of requests that would have the same key without lengths, counts or the
// method.
func TestKeyParts(t *testing.T) {
	made := func(r *http.Request) string {
		key, _ := appendKey(nil, 1, r)
		return string(key)
	}
	key := func(caller, query, body string, accept ...string) string {
		r := asCaller(caller, httptest.NewRequest("POST", "/", strings.NewReader(body)))
		r.URL.RawQuery = query
		if len(accept) > 0 {
			r.Header["Accept"] = accept
		}
		return made(r)
	}
	got, encoded := get("a", "b"), asCaller("a", httptest.NewRequest("POST", "/", strings.NewReader("")))
	encoded.Header["Accept-Encoding"] = []string{"b"}
	for _, pair := range [][2]string{
		{made(got), key("a", "b", "")},
		{made(encoded), key("a", "", "", "b")},
		{key("a", "b", "c"), key("a", "bc", "")},
		{key("a", "b", "c"), key("a", "", "bc")},
		{key("a", "", "", "b", "c"), key("a", "", "", "bc", "")},
		{key("a\x00", "", ""), key("a", "\x00", "")},
		{key("a", "", "", "b"), key("a\x01b", "", "")},
		{key("a\x00\x00\x00\x00\x00", "", "x"), key("a", "", "\x00\x00\x00\x00\x00x")},
	} {
		if pair[0] == pair[1] {
			t.Errorf("one key for two requests: %q", pair[0])
		}
	}
}

// TestStoreLaw compares the store with a list that is searched: the same answers, the same size,
// never above the limit.
func TestStoreLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 10 * overhead // room for eight or nine of the 26 there may be
		s := newStore(limit)
		var model []*answer // most recently used last
		remove := func(key string) (found *answer) {
			for i, a := range model {
				if a.key == key {
					model = append(model[:i:i], model[i+1:]...)
					return a
				}
			}
			return nil
		}
		size := func() (n int64) {
			for _, a := range model {
				n += cost(len(a.key), len(a.body))
			}
			return n
		}
		now := time.Duration(0)
		t.Repeat(map[string]func(*rapid.T){
			"get": func(t *rapid.T) {
				key := rapid.StringMatching("[a-z]").Draw(t, "key")
				want := remove(key)
				if want != nil && now >= want.until {
					want = nil
				} else if want != nil {
					model = append(model, want)
				}
				if got := s.get([]byte(key), now); got != want {
					t.Fatalf("%s: %v, want %v", key, got, want)
				}
			},
			"put": func(t *rapid.T) {
				a := &answer{key: rapid.StringMatching("[a-z]").Draw(t, "key"), until: now + time.Duration(rapid.IntRange(1, 9).Draw(t, "for")),
					body: make([]byte, rapid.IntRange(0, overhead/2).Draw(t, "size"))}
				if !s.fits(len(a.key), len(a.body)) {
					return
				}
				remove(a.key)
				for model = append(model, a); size() > limit; model = model[1:] {
				}
				s.put(a)
			},
			"wait": func(t *rapid.T) { now++ },
			"": func(t *rapid.T) {
				if s.Used() != size() || s.Used() > limit || s.Len() != len(model) {
					t.Fatalf("%d answers of %d bytes, want %d of %d", s.Len(), s.Used(), len(model), size())
				}
			},
		})
	})
}

// TestAnswerLaw: every caller gets an answer to its own query and with its own name, without
// errors of another run. The answer is no older than it says, and its run began after the last
// Forget. There are no more runs than misses. This holds for any requests in any order, including
// concurrent ones.
func TestAnswerLaw(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		type step struct {
			caller, body string
			wait         time.Duration
			forget       bool
		}
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{rapid.SampledFrom([]string{"a", "b", "ab"}).Draw(t, "caller"), rapid.SampledFrom([]string{"", "b", "bb"}).Draw(t, "body"),
				time.Duration(rapid.IntRange(0, 30).Draw(t, "wait")) * 100 * time.Millisecond, rapid.IntRange(0, 5).Draw(t, "forget") == 0}
		}), 1, 30).Draw(rt, "steps")
		takes := time.Duration(rapid.IntRange(0, 20).Draw(rt, "takes")) * 100 * time.Millisecond
		fails := rapid.IntRange(2, 6).Draw(rt, "fails")
		limit := rapid.SampledFrom([]int64{10 << 10, mb}).Draw(rt, "bytes")
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			runs, forgets := 0, 0
			type said struct {
				Caller, Body string
				Made         time.Time
				Error        int
				Forgotten    int // calls of Forget before the run began
			}
			c := New(limit, Options{})
			h := c.Middleware(0)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				runs++
				n, forgotten := runs, forgets
				mu.Unlock()
				body, _ := io.ReadAll(r.Body)
				time.Sleep(takes)
				s := said{Caller: r.Header.Get("X-Test-Caller"), Body: string(body), Made: time.Now(), Forgotten: forgotten}
				if n%fails == 0 {
					s.Error = n
				} else {
					Fresh(r.Context(), 2*time.Second)
				}
				w.Header().Set("Content-Type", "application/json")
				json.NewEncoder(w).Encode(s)
			}))
			errs := map[int]int{}
			var wg sync.WaitGroup
			for _, s := range steps {
				time.Sleep(s.wait)
				if s.forget {
					mu.Lock()
					forgets++
					mu.Unlock()
					c.Forget()
				}
				forgotten := forgets
				wg.Go(func() {
					r := post(s.caller, s.body)
					r.Header.Set("X-Test-Caller", s.caller)
					w := serve(h, r)
					var got said
					if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || got.Caller != s.caller || got.Body != s.body {
						t.Errorf("%v got %s", s, w.Body)
					}
					if got.Forgotten < forgotten {
						t.Errorf("%v got an answer of a run that began %d calls of Forget before", s, forgotten-got.Forgotten)
					}
					if time.Since(got.Made) >= 2*time.Second {
						t.Errorf("%v got an answer made %v ago", s, time.Since(got.Made))
					}
					mu.Lock()
					defer mu.Unlock()
					if errs[got.Error]++; got.Error != 0 && errs[got.Error] > 1 {
						t.Errorf("the error of run %d was given twice", got.Error)
					}
				})
			}
			wg.Wait()
			if runs != int(c.Misses()) || int(c.Hits()+c.Misses()) != len(steps) || c.Bytes() > limit {
				t.Errorf("%d runs, %d misses, %d hits, %d steps, %d bytes", runs, c.Misses(), c.Hits(), len(steps), c.Bytes())
			}
		})
		if t.Failed() {
			rt.Fatalf("see above")
		}
	})
}
