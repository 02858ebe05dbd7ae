package answers

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/edge"
	"census-gateway/internal/notes"
)

// asCaller returns r with a caller, and its body in memory.
func asCaller(caller string, r *http.Request) (known *http.Request) {
	by := func(*http.Request) (edge.Caller, error) { return edge.Caller{ID: caller}, nil }
	keep := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { known = r })
	edge.Authenticate(by)(keep).ServeHTTP(httptest.NewRecorder(), r)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	known.Body, notes.Of(known.Context()).Body = io.NopCloser(bytes.NewReader(body)), body
	return known
}

func post(caller, body string) *http.Request {
	r := httptest.NewRequest("POST", "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return asCaller(caller, r)
}

func get(caller, query string) *http.Request {
	return asCaller(caller, httptest.NewRequest("GET", "/graphql?"+query, nil))
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// An origin answers like the GraphQL handler. The answer contains the request, the caller and a
// serial number.
type origin struct {
	runs  atomic.Int64
	fresh time.Duration
	// run, if not nil, replaces the answer.
	run func(w http.ResponseWriter, r *http.Request, text string)
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := o.runs.Add(1)
	body, err := io.ReadAll(r.Body)
	caller, _ := edge.CallerFrom(r.Context())
	text := fmt.Sprintf(`{"data":%q}`, fmt.Sprintf("%d %s %s %s %s %v", n, r.Method, caller.ID, r.URL.RawQuery, body, err))
	w.Header().Add("Vary", "Accept")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if o.run != nil {
		o.run(w, r, text)
		return
	}
	Fresh(r.Context(), o.fresh)
	io.WriteString(w, text)
}

func wantRuns(t *testing.T, o *origin, want int64) {
	t.Helper()
	if got := o.runs.Load(); got != want {
		t.Errorf("next ran %d times, want %d", got, want)
	}
}

const mb = 1 << 20
