package calls

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// A pool twice as large as ours, all idle, and Census resets every connection: each try uses
// two at most.
func TestResendsAreBounded(t *testing.T) {
	const pool = 64
	census, client := serve(t)
	transport := client.transport.(*http.Transport)
	transport.MaxConnsPerHost, transport.MaxIdleConnsPerHost = pool, pool
	arrived := make(chan struct{}, pool)
	remove := census.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		arrived <- struct{}{}
		for len(arrived) < pool { // until every connection is open
			time.Sleep(time.Millisecond)
		}
		honest.ServeHTTP(w, r)
	}})
	var all sync.WaitGroup
	for range pool {
		all.Go(func() { // bypasses the bulkhead
			if _, err := client.try(t.Context(), ListSyncs, 0, ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	remove()

	census.ResetCalls()
	census.Inject(sim.Fault{Do: sim.Reset()})
	_, err := client.Get(t.Context(), ListSyncs, 0, "")
	checkVerdict(t, err, "unavailable")
	if n := len(census.Calls()); n > maxConns*maxTries {
		t.Errorf("%d calls of one, want at most %d", n, maxConns*maxTries)
	}
}

// A connection over the limit ends the try, and carries no request.
func TestThirdConnection(t *testing.T) {
	for name, made := range map[string]func() (net.Conn, net.Conn){
		"one of the network": net.Pipe, "one of who knows what": func() (a, b net.Conn) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			conn, _ := made()
			c := conns{cancel: cancel}
			for range maxConns {
				c.gotConn(httptrace.GotConnInfo{Conn: conn})
			}
			if ctx.Err() != nil || c.explain(io.EOF) != io.EOF {
				t.Error("it ends too early")
			}
			c.gotConn(httptrace.GotConnInfo{Conn: conn})
			if ctx.Err() == nil || c.explain(ctx.Err()) != errConnsBroken || c.explain(nil) != nil {
				t.Error("it does not end")
			}
			if conn != nil {
				if _, err := conn.Write([]byte("GET /")); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("written to: %v", err)
				}
			}
		})
	}
}

// One idle connection that Census has closed meanwhile costs no try.
func TestOneResendIsFree(t *testing.T) {
	census, client := serve(t)
	for range 20 {
		census.Inject(sim.Fault{Times: 1, Do: sim.Reset()})
		if _, err := client.Get(t.Context(), ListSyncs, 0, ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, retries := client.standing.budget.recent.sum(time.Now()); retries > 1 {
		t.Errorf("%d retries, want 1: the first has no kept connection", retries)
	}
}
