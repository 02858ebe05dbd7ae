package e2e

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// censusToken is the gateway's own token. Only Census may receive it.
const censusToken = "secret-token:CANARYcensusCANARYcensus"

// A census is a simulated Census on its own port. It records all requests, except the one by which
// a gateway checks its token at the start.
type census struct {
	*sim.Census
	url          string       // base URL with the prefix
	hangUp       func()       // closes all its connections
	startupCalls atomic.Int64 // number of checks of the token

	mu       sync.Mutex
	requests []string // "GET /api/v1/syncs/52"
	tokens   []string // Authorization headers
}

// newCensus serves a Census until the test ends.
func newCensus(t *testing.T, opt sim.Options) *census {
	c := &census{Census: sim.New(opt)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "/api/v1/syncs?page=1&per_page=1" { // the check at the start, and the check after a missing record
			c.startupCalls.Add(1)
			io.WriteString(w, `{"status":"success","data":[],"pagination":{"total_records":0}}`)
			return
		}
		c.mu.Lock()
		c.requests = append(c.requests, r.Method+" "+r.RequestURI)
		c.tokens = append(c.tokens, r.Header.Get("Authorization"))
		c.mu.Unlock()
		c.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	c.url, c.hangUp = server.URL+"/api/v1", server.CloseClientConnections
	return c
}

// settings returns the settings of a gateway over c with the gateway's token.
func (c *census) settings(more ...string) []string {
	return append([]string{"CENSUS_BASE_URL=" + c.url, "CENSUS_API_TOKEN=" + censusToken}, more...)
}

// takeRequests returns the requests since the last call.
func (c *census) takeRequests() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	requests := c.requests
	c.requests = nil
	return requests
}

// credentials returns the different Authorization headers so far.
func (c *census) credentials() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(c.tokens)))
}

// expectNoRequests checks that Census received no request since the last takeRequests.
func (c *census) expectNoRequests(t testing.TB) {
	t.Helper()
	if requests := c.takeRequests(); len(requests) > 0 {
		t.Errorf("%d requests to Census: %q", len(requests), requests[:min(len(requests), 5)])
	}
}

// fill adds syncs with runs to an empty Census and returns their ids.
func (c *census) fill(syncs, runs int) (ids []int64) {
	for range syncs {
		id := c.AddSync(sim.Sync{})
		for i := range runs { // at different times: rows of the same time take extra calls to order
			c.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-runs) * time.Second)})
		}
		ids = append(ids, id)
	}
	return ids
}
