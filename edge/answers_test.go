package edge

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"census-gateway/edge/observe"
	"census-gateway/internal/accepts"
	"census-gateway/internal/errcodes"
)

func TestRequestID(t *testing.T) {
	var inside string
	h := RequestID(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { inside = RequestIDFrom(r.Context()) }))
	ask := func(values ...string) string {
		t.Helper()
		r := request("GET", "/")
		for _, v := range values {
			r.Header.Add("X-Request-Id", v)
		}
		got := serve(h, r).Header.Values("X-Request-Id")
		if len(got) != 1 || got[0] != inside || !goodRequestID.MatchString(inside) {
			t.Fatalf("%q: answer %q, context %q", values, got, inside)
		}
		return inside
	}
	for _, good := range []string{"a", "A-Z_0.9", strings.Repeat("x", 64), "7f000001-0000-4000-8000-000000000000"} {
		if got := ask(good); got != good {
			t.Errorf("%q became %q", good, got)
		}
	}
	seen := map[string]bool{}
	for _, bad := range []string{"", strings.Repeat("x", 65), "a b", "a\r\nX-Evil: 1", "a\n", "a\x00", "é", "\xff", "<script>", `a"b`, "a/b", "a:b"} {
		got := ask(bad)
		if got == bad || seen[got] {
			t.Errorf("%q became %q", bad, got)
		}
		seen[got] = true
	}
	if got := ask("one", "two"); got == "one" || got == "two" {
		t.Error("one of two ids was accepted")
	}
	if RequestIDFrom(t.Context()) != "" {
		t.Error("an id outside of a request")
	}
}

func TestSecurityHeaders(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "frame-ancestors 'self'")
	})
	h := serve(SecurityHeaders(served), request("GET", "/")).Header
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin"} {
		if h.Get(name) != want {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if got := serve(SecurityHeaders(page), request("GET", "/")).Header; got.Get("Content-Security-Policy") != "frame-ancestors 'self'" {
		t.Errorf("own policy: %v", got)
	}
}

func TestCompress(t *testing.T) {
	compress, err := Compress()
	if err != nil {
		t.Fatal(err)
	}
	long := `{"data":"` + strings.Repeat("sync run ", 500) + `"}`
	answer := func(body, contentType string, more ...string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			for i := 0; i < len(more); i += 2 {
				w.Header().Set(more[i], more[i+1])
			}
			io.WriteString(w, body)
		})
	}
	for _, c := range []struct {
		name, accept string
		handler      http.Handler
		encoding     string
		etag         string
	}{
		{"gzip", "gzip, br", answer(long, "application/json", "ETag", `"v1"`), "gzip", `W/"v1"`},
		{"zstd", "zstd", answer(long, accepts.GraphQL, "ETag", `W/"v1"`), "zstd", `W/"v1"`},
		{"as browsers ask", "gzip, deflate, br, zstd", answer(long, accepts.GraphQL+"; charset=utf-8"), "gzip", ""},
		{"rather zstd", "zstd, gzip;q=0.5", answer(long, "application/json"), "zstd", ""},
		{"rather gzip", "zstd;q=0.5, gzip", answer(long, "application/json"), "gzip", ""},
		{"not accepted", "", answer(long, "application/json"), "", ""},
		{"refused", "gzip;q=0, zstd;q=0", answer(long, "application/json"), "", ""},
		{"only others", "br, deflate", answer(long, "application/json"), "", ""},
		{"small", "gzip", answer(long[:compressFrom-1], "application/json"), "", ""},
		{"just large enough", "gzip", answer(long[:compressFrom], "application/json"), "gzip", ""},
		{"encoded already", "gzip, br", answer(long, "text/javascript", "Content-Encoding", "br", "ETag", `"v1"`), "br", `"v1"`},
		{"multipart", "gzip", answer(long, `Multipart/Mixed; boundary="-"`), "", ""},
		{"font", "gzip", answer(long, "application/zip"), "", ""},
		{"refusal", "gzip", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { Refuse(w, r, overloaded()) }), "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(Recover(slog.New(slog.DiscardHandler), nil)(compress(c.handler)))
			defer server.Close()
			r, _ := http.NewRequest("GET", server.URL, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if got := res.Header.Get("Content-Encoding"); got != c.encoding || res.Header.Get("ETag") != c.etag {
				t.Fatalf("Content-Encoding %q, ETag %q", got, res.Header.Get("ETag"))
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Encoding") {
				t.Error("no Vary")
			}
			body := io.Reader(res.Body)
			switch c.encoding {
			case "gzip":
				body, err = gzip.NewReader(res.Body)
			case "zstd":
				body, err = zstd.NewReader(res.Body)
			}
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(body)
			if err != nil || !strings.HasPrefix(long, string(text)) && c.name != "refusal" || len(text) == 0 {
				t.Errorf("%v: %.60s", err, text)
			}
		})
	}
}

// TestStreamsPassCompression reads each part of a stream, and its header, before
// the next one is written.
func TestStreamsPassCompression(t *testing.T) {
	compress, err := Compress()
	if err != nil {
		t.Fatal(err)
	}
	next := make(chan string)
	server := httptest.NewServer(Recover(slog.New(slog.DiscardHandler), nil)(compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", `multipart/mixed; boundary="-"`)
		w.(http.Flusher).Flush()
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Error(err)
		}
		for part := range next {
			io.WriteString(w, part)
			http.NewResponseController(w).Flush()
		}
	}))))
	defer server.Close()
	r, _ := http.NewRequest("GET", server.URL, nil)
	r.Header.Set("Accept-Encoding", "gzip, zstd")
	res, err := server.Client().Do(r) // returns although nothing was written yet
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for _, part := range []string{"---\r\n", "1\r\n---\r\n", "2\r\n-----\r\n"} {
		next <- part
		got := make([]byte, len(part))
		if _, err := io.ReadFull(res.Body, got); err != nil || string(got) != part {
			t.Fatalf("got %q, %v", got, err)
		}
	}
	close(next)
}

func TestRecover(t *testing.T) {
	var log bytes.Buffer
	logger, err := observe.NewLogger(&log, "text", "", RequestIDFrom)
	if err != nil {
		t.Fatal(err)
	}
	const inner = "dial tcp 10.1.2.3:443: INNER"
	compress, err := Compress()
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/early", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"x"`)
		panic(errors.New(inner))
	})
	mux.HandleFunc("/late", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":{"half":`)
		http.NewResponseController(w).Flush()
		panic(inner)
	})
	mux.HandleFunc("/unflushed", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"data":{"half":`)
		panic(inner)
	})
	mux.HandleFunc("/abort", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	server := httptest.NewServer(Chain(mux, RequestID, Recover(logger, nil), compress))
	defer server.Close()
	get := func(path string) (*http.Response, error) {
		r, _ := http.NewRequest("GET", server.URL+path, nil)
		r.Header.Set("X-Request-Id", "rid"+path[1:])
		r.Header.Set("Accept-Encoding", "gzip")
		return server.Client().Do(r)
	}

	res, err := get("/early")
	if err != nil {
		t.Fatal(err)
	}
	var dump strings.Builder
	body, _ := io.ReadAll(res.Body)
	res.Body = io.NopCloser(bytes.NewReader(body))
	res.Write(&dump)
	if strings.Contains(dump.String(), "INNER") || strings.Contains(dump.String(), "goroutine") || res.Header.Get("ETag") != "" {
		t.Errorf("the answer contains internal details:\n%s", dump.String())
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	checkRefusal(t, res, 500, errcodes.Internal)
	for _, path := range []string{"/late", "/unflushed", "/abort"} {
		res, err := get(path)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: an incomplete answer looks complete", path)
		}
	}
	server.Close()
	for _, want := range []string{"rid" + "early", "rid" + "late", "INNER", "goroutine", "answers_test.go"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
	if strings.Contains(log.String(), "ridabort") {
		t.Error("an abort was logged")
	}
}
