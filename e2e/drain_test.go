package e2e

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// holdCalls delays calls to one path at Census until the returned function is called.
func (c *census) holdCalls(path string) (release func()) {
	gate := make(chan struct{})
	c.Inject(sim.Fault{Match: sim.Path(path), Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		select {
		case <-gate:
		case <-r.Context().Done():
		}
		honest.ServeHTTP(w, r)
	}})
	return func() { close(gate) }
}

// queryAsync sends a query in another goroutine; the channel receives the answer.
func (g *gateway) queryAsync(t *testing.T, query string) <-chan answer {
	got := make(chan answer, 1)
	go func() {
		a, err := send("POST", "http://"+g.host+"/graphql", body(query, nil), "Content-Type", asJSON)
		if err != nil {
			t.Errorf("cut off: %v", err)
		}
		got <- a
	}()
	return got
}

// On SIGTERM, readiness fails and the listener closes at once. Requests in progress are answered.
// Then the program exits with 0.
func TestDrain(t *testing.T) {
	t.Parallel()
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		c := newCensus(t, sim.Options{})
		g := start(t, c.settings()...)
		if got := g.ready(); got != 200 {
			t.Errorf("/readyz: %d", got)
		}
		release := c.holdCalls("/syncs/52")
		answers := g.queryAsync(t, "{sync(id:52){label}}")
		until(t, "a call to Census", func() bool { return len(c.Calls()) == 1 })

		g.signal(t, s)
		until(t, "readiness fails", func() bool { return g.ready() == 503 })
		until(t, "new connections are refused", func() bool {
			conn, err := net.Dial("tcp", g.host)
			if err == nil {
				conn.Close()
			}
			return err != nil
		})
		if got := g.ready(); got != 503 {
			t.Errorf("/readyz while draining: %d", got)
		}
		release()
		if a := <-answers; a.status != 200 || a.code() != "" {
			t.Errorf("request in progress: %d %s", a.status, a.body)
		}
		g.end(t)
		if g.code != 0 || !strings.Contains(g.log.String(), "drained") {
			t.Errorf("%v: ended with %d:\n%s", s, g.code, g.log.String())
		}
	}
}

// A request that is still running after 20 s is canceled, and gets an answer.
func TestDrainCancels(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes 20 s")
	}
	// Two pages of syncs and then a page of runs. Each is throttled twice before it is answered: 8
	// s a page, 24 s in all.
	c := newCensus(t, sim.Options{Empty: true, SyncBytes: 100})
	c.fill(51, 1)
	var mu sync.Mutex
	attempts := map[string]int{}
	c.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		mu.Lock()
		attempts[r.RequestURI]++
		slow := attempts[r.RequestURI] <= 2
		mu.Unlock()
		if slow {
			sim.Chain(sim.Delay(time.Second), sim.Throttle("3"))(w, r, honest)
			return
		}
		honest.ServeHTTP(w, r)
	}})
	g := start(t, c.settings("GATEWAY_OPERATION_TIMEOUT=30s")...)
	answers := g.queryAsync(t, `{syncs(first:1,orderBy:{field:LABEL}){nodes{id latestRun{id}}}}`)
	until(t, "a call to Census", func() bool { return len(c.Calls()) == 1 })
	began := time.Now()
	g.signal(t, syscall.SIGTERM)
	a := <-answers
	took := time.Since(began)
	if a.status != 200 || a.code() != censusTimeout || !strings.Contains(a.body, `"latestRun":null`) || took < 20*time.Second {
		t.Errorf("after %s: %d %s", took, a.status, a.body)
	}
	g.end(t)
	if g.code != 0 || !strings.Contains(g.log.String(), "cancelling") {
		t.Errorf("ended with %d:\n%s", g.code, g.log.String())
	}
}

// A second signal ends the program at once.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := launch(t, c.settings()...)
	g.host = g.out.wait(t, `GraphQL at http://(\S+)/graphql\n`)
	defer c.holdCalls("/syncs/52")()
	go send("POST", "http://"+g.host+"/graphql", body("{sync(id:52){label}}", nil), "Content-Type", asJSON)
	until(t, "a call to Census", func() bool { return len(c.Calls()) == 1 })
	g.signal(t, syscall.SIGTERM)
	g.log.wait(t, "(draining)")
	began := time.Now()
	g.signal(t, syscall.SIGINT)
	g.end(t)
	if took := time.Since(began); took > 5*time.Second || g.code == 0 {
		t.Errorf("after %s, with %d", took, g.code)
	}
}

// With GATEWAY_LAME_DUCK, the program keeps serving before it drains, and tells clients to close
// their connections.
func TestLameDuck(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_LAME_DUCK=2s")...)
	began := time.Now()
	g.signal(t, syscall.SIGTERM)
	until(t, "readiness fails", func() bool { return g.ready() == 503 })
	for time.Since(began) < time.Second {
		a := g.query(t, "{sync(id:52){label}}", nil)
		if a.answered(t); !a.closesConnection {
			t.Fatal("the answer does not close its connection")
		}
	}
	client.CloseIdleConnections()
	g.end(t)
	if took := time.Since(began); took < 2*time.Second {
		t.Errorf("ended after %s", took)
	}
}
