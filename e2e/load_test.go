package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// An operation ends at its timeout, with the data read by then.
func TestOperationTimeout(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_OPERATION_TIMEOUT=500ms")...)
	c.Inject(sim.Fault{Match: sim.Path("/syncs/51/sync_runs"), Do: sim.Hang()})
	a := g.query(t, "{good:sync(id:52){latestRun{id}} bad:sync(id:51){latestRun{id}}}", nil)
	a.refusedAt(t, "bad", censusTimeout)
	if a.status != 200 || !strings.Contains(a.body, `"good":{"latestRun":{"id":`) || a.took < 400*time.Millisecond || a.took > 4*time.Second { // a call to Census may take 5 s
		t.Errorf("%d after %s: %s", a.status, a.took, a.body)
	}
}

// Operations over the limit are rejected immediately, with a time to retry. When an operation ends,
// another can start.
func TestOverload(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_MAX_IN_FLIGHT=3", "GATEWAY_OPERATION_TIMEOUT=30s")...)
	hold := make(chan struct{})
	remove := c.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		<-hold
		honest.ServeHTTP(w, r)
	}})
	var held sync.WaitGroup
	for i := range 3 {
		held.Go(func() {
			a, err := send("POST", "http://"+g.host+"/graphql", body("{sync(id:"+itoa(int64(50+i))+"){label}}", nil), "Content-Type", asJSON)
			if err != nil || a.status != 200 || a.code() != "" {
				t.Errorf("held: %v %d %s", err, a.status, a.body)
			}
		})
	}
	until(t, "three calls to Census", func() bool { return len(c.Calls()) == 3 })
	a := g.query(t, "{sync(id:53){label}}", nil)
	a.refused(t, 503, overloaded)
	if a.header.Get("Retry-After") != "1" || a.Errors[0].Extensions.RetryAfterSeconds != 1 {
		t.Errorf("%v %s", a.header, a.body)
	}
	if page := g.do(t, "GET", "/", ""); page.status != 200 {
		t.Errorf("the page: %d", page.status)
	}
	close(hold)
	held.Wait()
	remove()
	g.query(t, "{sync(id:52){label}}", nil).answered(t)
}

// Exactly the configured number of operations can be in flight. Here all but one wait for a call to
// Census. A client that announces a body and does not send it does not count.
func TestMaxInFlightIsExact(t *testing.T) {
	t.Parallel()
	for most, settings := range map[int][]string{256: nil, 2: {"GATEWAY_MAX_IN_FLIGHT=2", "GATEWAY_ANSWER_CACHE=0"}} {
		c := newCensus(t, sim.Options{})
		c.Inject(sim.Fault{Match: sim.Path("/syncs/51"), Do: sim.Hang()})
		g := start(t, c.settings(append(settings, "GATEWAY_OPERATION_TIMEOUT=30s")...)...)
		send := func(length int, body string) {
			if _, err := fmt.Fprintf(g.dial(t), "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", length, body); err != nil {
				t.Fatal(err)
			}
		}
		taken := 0
		take := func() {
			taken++
			text := fmt.Sprintf(`{"query":"{a%d:sync(id:51){label}}"}`, taken) // each is a different operation
			send(len(text), text)
		}
		for i := range most {
			send([]int{100, 17_000}[i%2], "{")
		}
		for range most - 1 {
			take()
		}
		until(t, "all but one are in flight", func() bool {
			return strings.Contains(do(t, "GET", g.admin+"/metrics", "").body, fmt.Sprintf("\ncensus_gateway_operations_in_flight %d\n", 2*most-1))
		})
		g.query(t, "{sync(id:52){id}}", nil).answered(t)
		until(t, "the limit is reached", func() bool { // repeated, because on a slow machine the first ones may have ended
			take()
			return g.query(t, fmt.Sprintf("{b%d:sync(id:53){id}}", taken), nil).code() == overloaded // a different query, which is not cached
		})
	}
}

// A sync that hangs uses only a few of the calls to Census, however often it is requested. Other
// syncs are answered as before.
func TestHangingSync(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_OPERATION_TIMEOUT=3s")...)
	var now, most atomic.Int32
	c.Inject(sim.Fault{Match: sim.Path("/syncs/51/sync_runs"), Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		n := now.Add(1)
		defer now.Add(-1)
		for was := most.Load(); n > was && !most.CompareAndSwap(was, n); was = most.Load() {
		}
		sim.Hang()(w, r, honest)
	}})
	var asking sync.WaitGroup
	for i := range 100 {
		asking.Go(func() { // each needs its own call
			a, err := send("POST", "http://"+g.host+"/graphql", body(fmt.Sprintf("{sync(id:51){runs(first:%d){nodes{id}}}}", i+1), nil), "Content-Type", asJSON)
			if err != nil || a.status != 200 || a.code() != censusTimeout && a.code() != censusBusy {
				t.Errorf("%v %d %s", err, a.status, a.body)
			}
		})
	}
	until(t, "Census hangs", func() bool { return now.Load() > 0 })
	for i := range 30 {
		g.query(t, "{sync(id:"+itoa(int64(52+i%10))+"){latestRun{id}}}", nil).answered(t)
	}
	asking.Wait()
	if n := most.Load(); n > 16 { // at most eight, and canceled calls that Census has not noticed yet
		t.Errorf("%d calls at once", n)
	}
}

// The rate of one caller does not affect another.
func TestRate(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, "CENSUS_BASE_URL="+c.url, "GATEWAY_PASS_THROUGH=true", "GATEWAY_RATE=0.01", "GATEWAY_BURST=3")
	for _, caller := range []string{"Bearer one", "Bearer two"} {
		for range 3 {
			g.query(t, "{sync(id:52){label}}", nil, "Authorization", caller).answered(t)
		}
		a := g.query(t, "{sync(id:52){label}}", nil, "Authorization", caller)
		a.refused(t, 429, rateLimited)
		if e := a.Errors[0].Extensions; e.RetryAfterSeconds < 90 || e.RetryAfterSeconds > 100 || a.header.Get("Retry-After") == "" {
			t.Errorf("%+v %v", e, a.header)
		}
	}
}
