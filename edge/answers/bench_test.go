package answers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// A sink discards an answer at the least cost.
type sink struct{ header http.Header }

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(int)             {}
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// Benchmark measures the cache alone, with an answer of 66 kB to a request of 600 bytes: from
// memory, and computed again.
func Benchmark(b *testing.B) {
	answer, query := bytes.Repeat([]byte("x"), 66<<10), strings.Repeat("q", 600)
	for _, c := range []struct {
		name  string
		bytes int64
		fresh time.Duration
	}{{"hit", 64 * mb, time.Hour}, {"miss", 64 * mb, 1}, {"unsaid", 64 * mb, 0}, {"off", 0, 0}} {
		b.Run(c.name, func(b *testing.B) {
			h := New(c.bytes, Options{}).Middleware(0)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = []string{"application/json"}
				w.Header()["Content-Length"] = []string{fmt.Sprint(len(answer))}
				if c.fresh > 0 {
					Fresh(r.Context(), c.fresh)
				}
				w.Write(answer)
			}))
			body := strings.NewReader(query)
			r := post("a", query)
			w := &sink{http.Header{}}
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(query)
				r.Body = io.NopCloser(body)
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// TestOverhead measures the memory of answers, so that the constant stays accurate.
func TestOverhead(t *testing.T) {
	const n = 2000
	o := &origin{fresh: time.Hour}
	c := New(64*mb, Options{})
	h := c.Middleware(0)(o)
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	w := httptest.NewRecorder()
	for i := range n {
		w.Body.Reset()
		clear(w.Header())
		h.ServeHTTP(w, post("a", fmt.Sprint(i)))
	}
	each := (heap() - before) / n
	t.Logf("%d bytes each, counted as %d", each, c.Bytes()/n)
	if each > c.Bytes()/n || c.Entries() != n {
		t.Errorf("%d bytes each, counted as %d; %d kept", each, c.Bytes()/n, c.Entries())
	}
	runtime.KeepAlive(c)
}
