package e2e

import (
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

var soak = flag.Duration("soak", 4*time.Second, "duration of the soak test")

// Under mixed load, with changing faults of Census, every request is answered. Nothing accumulates:
// the number of goroutines returns to that of the start, and memory stays within the limit of the
// caches. Ten minutes of it are
//
//	go test ./e2e -run Soak -soak 10m -timeout 15m
func TestSoak(t *testing.T) {
	c := newCensus(t, sim.Options{Seed: 3, Token: censusToken})
	g := start(t, c.settings("GATEWAY_FRESHNESS=200ms", "GATEWAY_PAGE_CACHE=16777216", "GATEWAY_ANSWER_CACHE=4194304", "GATEWAY_OPERATION_TIMEOUT=1500ms",
		"GATEWAY_PPROF=true", "GATEWAY_LOG_LEVEL=error")...)
	queries := []string{
		`{ __typename }`,
		`{ sync(id: 52) { label latestRun { status } runs(first: 100) { totalCount nodes { id outcome errorMessage } } } }`,
		`{ syncs(first: 20) { nodes { id label latestRun { outcome } health { state } } } }`,
		`{ syncRuns(syncIds: [52, 60, 74], first: 50) { nodes { id sync { label } } pageInfo { endCursor } } }`,
		`{ sync(id: 60) { runs(filter: {outcomes: [FAILED]}, first: 5) { nodes { id } } runStats(filter: {createdSince: "2026-01-01T00:00:00Z"}) { totalRuns } } }`,
		`{ sync(id: 999) { label } }`, `{ sync(id: 52) { runs(first: -1) { totalCount } } }`, `{ nonsense }`,
	}
	for _, q := range queries { // initializes whatever is created only once
		g.query(t, q, nil)
	}
	c.hangUp()
	var before int
	until(t, "idle", func() bool { // idle connections have two goroutines each, and their number varies
		last := before
		before = g.goroutines(t)
		return before == last
	})

	end := time.Now().Add(*soak)
	var wg sync.WaitGroup
	wg.Go(func() {
		faults := []sim.Effect{sim.HTML(502), sim.Hang(), sim.Cut(500), sim.Throttle("1"), sim.Reset(), sim.Delay(200 * time.Millisecond), sim.JSON(200, `{"status":"error"}`)}
		for i := 0; time.Now().Before(end); i++ {
			remove := c.Inject(sim.Fault{Do: faults[i%len(faults)], Match: func(*http.Request) bool { return rand.IntN(3) == 0 }})
			time.Sleep(min(*soak/8, 2*time.Second))
			remove()
			time.Sleep(min(*soak/16, time.Second))
		}
	})
	var requests [8]int
	for n := range requests {
		wg.Go(func() {
			for time.Now().Before(end) {
				a, err := send("POST", "http://"+g.host+"/graphql", body(queries[rand.IntN(len(queries))], nil), "Content-Type", asJSON)
				if err != nil || a.status != 200 && a.status != 400 && a.status != 503 {
					t.Errorf("lost: %d, %v", a.status, err)
					return
				}
				a.check(t)
				requests[n]++
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range requests {
		total += n
	}
	client.CloseIdleConnections()
	if rss := g.rss(t); rss > 250 {
		t.Errorf("%d MiB in use", rss)
	}
	after := 0
	defer func() {
		t.Logf("%d requests, %d goroutines before and %d after, %d MiB", total, before, after, g.rss(t))
	}()
	until(t, "as few goroutines as before", func() bool {
		c.hangUp()
		after = g.goroutines(t)
		return after <= before+2
	})
}

// goroutines returns the number of goroutines of the program.
func (g *gateway) goroutines(t *testing.T) int {
	t.Helper()
	resp, err := http.Get(g.admin + "/debug/pprof/goroutine?debug=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	m := regexp.MustCompile(`total (\d+)`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("no count of goroutines in %.100s", text)
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}
