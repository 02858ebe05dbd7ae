package edge

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"census-gateway/internal/errcodes"
)

// The total size of large answers is limited; small ones and those of unknown length do not
// count. An answer that was sent, or broke off, frees its share.
func TestSending(t *testing.T) {
	type reads struct{}
	synctest.Test(t, func(t *testing.T) {
		sending := NewAnswerMemory(300_000)
		h := Chain(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("n"))
			if r.URL.Query().Has("length") {
				w.Header().Set("Content-Length", strconv.Itoa(n))
			}
			w.Header().Set("ETag", `"x"`)
			w.WriteHeader(200)
			io.WriteString(w, strings.Repeat("x", n))
			if !<-r.Context().Value(reads{}).(chan bool) {
				panic(http.ErrAbortHandler)
			}
		}), RequestID, Recover(slog.New(slog.DiscardHandler), sending))
		// ask begins an answer. end makes its client read it, or leave.
		ask := func(query string) (end func(read bool) *http.Response) {
			w, read, over := httptest.NewRecorder(), make(chan bool), make(chan bool)
			go func() {
				defer close(over)
				defer func() { recover() }()
				r := request("GET", "/?"+query)
				h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), reads{}, read)))
			}()
			synctest.Wait()
			return func(all bool) *http.Response {
				read <- all
				<-over
				return w.Result()
			}
		}
		one, two := ask("length&n=150000"), ask("length&n=150000")
		refused := ask("length&n=65536")(true)
		checkRefusal(t, refused, 503, errcodes.Overloaded)
		if refused.Header.Get("ETag") != "" {
			t.Error("a refusal has the ETag of the answer")
		}
		for _, small := range []string{"length&n=65535", "n=10000000", "length&n=0"} {
			if got := ask(small)(true); got.StatusCode != 200 {
				t.Errorf("%s: %d", small, got.StatusCode)
			}
		}
		one(true)
		two(false)
		if n := sending.used.Load(); n != 0 {
			t.Errorf("%d bytes are never released", n)
		}
		if got := ask("length&n=300000")(true); got.StatusCode != 200 || got.ContentLength != 300_000 {
			t.Errorf("%d, %d bytes", got.StatusCode, got.ContentLength)
		}
		checkRefusal(t, ask("length&n=300001")(true), 503, errcodes.Overloaded)
	})
}

// An answer held while it is made counts like one being sent, and only once: the answer that
// begins takes its place.
func TestHold(t *testing.T) {
	sending := NewAnswerMemory(300_000)
	var held []bool
	hold := func(r *http.Request, bytes ...int) {
		for _, n := range bytes {
			held = append(held, HasRoom(r.Context(), n))
		}
	}
	serve := func(do func(w http.ResponseWriter, r *http.Request)) *http.Response {
		w := httptest.NewRecorder()
		Chain(http.HandlerFunc(do), RequestID, Recover(slog.New(slog.DiscardHandler), sending)).ServeHTTP(w, request("GET", "/"))
		return w.Result()
	}
	serve(func(_ http.ResponseWriter, one *http.Request) {
		hold(one, 65_535, 300_001, 100_000, 60_000, 200_000) // the second is too much
		serve(func(w http.ResponseWriter, two *http.Request) {
			hold(two, 65_535, 100_001, 100_000)
			w.Header().Set("Content-Length", "70000") // packed
			w.WriteHeader(200)
			hold(one, 230_001, 230_000)
		})
		hold(one, 300_000)
		if got := serve(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "65536")
			w.WriteHeader(200)
		}); got.StatusCode != 503 {
			t.Errorf("a second answer while the first is being made: %d", got.StatusCode)
		}
	})
	want := []bool{true, false, true, true, true, true, false, true, false, true, true}
	if !slices.Equal(held, want) || sending.used.Load() != 0 {
		t.Errorf("held %v, want %v; %d bytes are never released", held, want, sending.used.Load())
	}
	if !HasRoom(t.Context(), 1<<40) {
		t.Error("HasRoom is false outside of a request")
	}
}
