package transport_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// TestDeferDoubling has fragments that spread one another twice, 2^40 in all.
func TestDeferDoubling(t *testing.T) {
	srv := newServer(t, &testschema.Resolvers{}, transport.Options{})
	var q strings.Builder
	q.WriteString("{item{...F0 ... @defer{slow}}}")
	names := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmn"
	for i := range 40 {
		next := "id"
		if i < 39 {
			next = strings.Repeat("..."+"F"+string(names[i+1])+" ", 2)
		}
		name := "F" + string(names[i])
		if i == 0 {
			name = "F0"
		}
		q.WriteString(" fragment " + name + " on Item{" + next + "}")
	}
	s := openStream(t, t.Context(), srv.URL, q.String())
	s.want(`{"data":{"item":{"id":"0"}},"hasNext":true}`,
		`{"incremental":[{"data":{"slow":"slow 0"},"path":["item"]}],"hasNext":false}`, "")
	if a := ask(t, srv.URL, q.String()); string(a.data) != `{"item":{"id":"0","slow":"slow 0"}}` {
		t.Error(a.body)
	}
}

// TestDeferTimeout ends the time for an operation between two parts.
func TestDeferTimeout(t *testing.T) {
	g := newGate("0")
	up := make(chan struct{})
	ended := make(chan error, 1)
	res := &testschema.Resolvers{Slow: func(ctx context.Context, id string) error {
		err := g.wait(ctx, id)
		ended <- err
		return err
	}}
	h := newHandler(res, transport.Options{})
	srv := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		go func() { <-up; cancel() }()
		h.ServeHTTP(w, r.WithContext(ctx))
	}))
	s := openStream(t, t.Context(), srv, `{item{id name ... @defer(label:"x"){slow}}}`)
	s.want(`{"data":{"item":{"id":"0","name":null}},"hasNext":true}`)
	close(up)
	last := s.next()
	for _, part := range []string{`"data":null`, `"path":["item"],"label":"x"`, `"path":["item","slow"]`, `"hasNext":false}`} {
		if !strings.Contains(last, part) {
			t.Errorf("no %s in %s", part, last)
		}
	}
	s.want("")
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the resolver saw %v", err)
	}
}

// TestDeferAbandoned has many clients leave early; nothing of theirs may stay.
func TestDeferAbandoned(t *testing.T) {
	g := newGate("0", "1", "2")
	srv := newServer(t, &testschema.Resolvers{Slow: g.wait}, transport.Options{})
	before := 0
	for i := range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		s := openStream(t, ctx, srv.URL, `{items(n:3){id ... @defer{slow parent{id ... @defer{slow}}}}}`)
		s.next()
		cancel()
		s.resp.Body.Close()
		if i == 9 {
			before = goroutines(t, 1<<30)
		}
	}
	if after := goroutines(t, before+5); after > before+5 {
		t.Errorf("%d goroutines after 10 clients, %d after 30", before, after)
	}
}

// goroutines waits up to thirty seconds for their number to be at most limit and
// to have settled.
func goroutines(t *testing.T, limit int) int {
	t.Helper()
	http.DefaultClient.CloseIdleConnections()
	n := runtime.NumGoroutine()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		time.Sleep(50 * time.Millisecond)
		last := n
		if n = runtime.NumGoroutine(); n == last && n <= limit {
			break
		}
	}
	return n
}
