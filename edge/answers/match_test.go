package answers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/edge"
)

func TestMatches(t *testing.T) {
	const tag = `W/"abc-1"`
	for value, want := range map[string]bool{
		`W/"abc-1"`: true, `"abc-1"`: true, `*`: true, ` * `: true, `"x", W/"abc-1"`: true, `"a,b",	"abc-1"`: true, `"x","abc-1","y"`: true, `,,"abc-1"`: true,
		``: false, `abc-1`: false, `"abc"`: false, `"abc-1`: false, `w/"abc-1"`: false, `"x" junk "abc-1"`: false, `"*"`: false, `*, "x"`: false, `"abc-1-gzip"`: false, `"`: false,
	} {
		if got := matches([]string{value}, tag); got != want {
			t.Errorf("%s: %v", value, got)
		}
	}
	if matches(nil, tag) || !matches([]string{`"x"`, `"abc-1"`}, tag) {
		t.Error("several headers, or none")
	}
}

func TestConditional(t *testing.T) {
	o := &origin{fresh: time.Hour}
	h := New(mb, Options{}).Middleware(0)(o)
	tag := serve(h, get("a", "q=1")).Header().Get("ETag")
	for _, s := range []struct {
		method, tag string
		want        int
	}{{"GET", tag, 304}, {"HEAD", tag, 304}, {"GET", `"other"`, 200}, {"HEAD", `"other"`, 200}, {"HEAD", "", 200}} {
		r := get("a", "q=1")
		r.Method = s.method
		r.Header.Set("If-None-Match", s.tag)
		w := serve(h, r)
		head := w.Header()
		if w.Code != s.want || head.Get("ETag") != tag || !strings.HasPrefix(head.Get("Cache-Control"), "private") || strings.Join(head["Vary"], ", ") != "Accept, X-Census-Cost" {
			t.Errorf("%s %s: %d %v", s.method, s.tag, w.Code, head)
		}
		if some := head.Get("Content-Type") != ""; some != (s.want == 200) || (w.Body.Len() > 0) != (s.want == 200 && s.method == "GET") {
			t.Errorf("%s %s: %v, %d bytes", s.method, s.tag, head, w.Body.Len())
		}
	}
	wantRuns(t, o, 1)

	// The first request to a gateway may get 304, too: its client has the answer of another
	// gateway.
	h = New(mb, Options{}).Middleware(0)(o)
	o.runs.Store(0)
	r := get("a", "q=1")
	r.Header.Set("If-None-Match", tag)
	if w := serve(h, r); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}

	// HEAD comes first; GET still gets the body.
	r = get("a", "q=2")
	r.Method = http.MethodHead
	if w := serve(h, r); w.Code != 200 || w.Body.Len() > 0 || w.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes, %v", w.Code, w.Body.Len(), w.Header())
	}
	if w := serve(h, get("a", "q=2")); !strings.Contains(w.Body.String(), " GET a q=2 ") {
		t.Errorf("GET after HEAD: %s", w.Body)
	}
	wantRuns(t, o, 2)

	p := post("a", "x")
	p.Header.Set("If-None-Match", "*")
	if w := serve(h, p); w.Code != 200 {
		t.Errorf("POST: %d", w.Code)
	}
}

// TestCompressed: an answer compressed below the cache is kept separately from other encodings.
func TestCompressed(t *testing.T) {
	compress, err := edge.Compress()
	if err != nil {
		t.Fatal(err)
	}
	o := &origin{fresh: time.Hour}
	h := New(mb, Options{}).Middleware(0)(compress(o))
	body := strings.Repeat("compressible ", 500)
	ask := func(encoding string) (string, string) {
		r := post("a", body)
		if encoding != "" {
			r.Header.Set("Accept-Encoding", encoding)
		}
		w := serve(h, r)
		if v := strings.Join(w.Header()["Vary"], ","); !strings.Contains(v, "Accept-Encoding") || !strings.Contains(v, "Accept") {
			t.Errorf("Vary: %s", v)
		}
		return w.Header().Get("Content-Encoding"), w.Body.String()
	}
	for _, want := range []string{"", "gzip", "zstd"} {
		encoding, first := ask(want)
		again, second := ask(want)
		if encoding != want || again != want || first != second || (len(first) > len(body)) != (want == "") {
			t.Errorf("%q: %q with %d bytes, then %q with %d", want, encoding, len(first), again, len(second))
		}
	}
	wantRuns(t, o, 3)
}
