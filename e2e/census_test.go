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

// censusToken is the gateway's own token, which may appear nowhere but at Census.
const censusToken = "secret-token:CANARYcensusCANARYcensus"

// A census is a simulated Census on its own port. It records each request, except the one by
// which a gateway tries it at the start.
type census struct {
	*sim.Census
	url    string       // with the prefix
	hangUp func()       // closes every connection to it
	starts atomic.Int64 // how often a gateway tried it

	mu     sync.Mutex
	asked  []string // "GET /api/v1/syncs/52"
	tokens []string // Authorization headers
}

// newCensus serves a Census until the test ends.
func newCensus(t *testing.T, opt sim.Options) *census {
	c := &census{Census: sim.New(opt)}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.RequestURI == "/api/v1/syncs?page=1&per_page=1" { // the call of a start, and of the check of a missing record
			c.starts.Add(1)
			io.WriteString(w, `{"status":"success","data":[],"pagination":{"total_records":0}}`)
			return
		}
		c.mu.Lock()
		c.asked = append(c.asked, r.Method+" "+r.RequestURI)
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

// settings have a gateway ask c with the gateway's token.
func (c *census) settings(more ...string) []string {
	return append([]string{"CENSUS_BASE_URL=" + c.url, "CENSUS_API_TOKEN=" + censusToken}, more...)
}

// take returns what was asked since it was last called.
func (c *census) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := c.asked
	c.asked = nil
	return asked
}

// seen are the different Authorization headers so far.
func (c *census) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(c.tokens)))
}

// quiet checks that Census got no request.
func (c *census) quiet(t testing.TB) {
	t.Helper()
	if asked := c.take(); len(asked) > 0 {
		t.Errorf("Census was asked %d times: %q", len(asked), asked[:min(len(asked), 5)])
	}
}

// fill adds syncs with runs to an empty Census and returns their ids.
func (c *census) fill(syncs, runs int) (ids []int64) {
	for range syncs {
		id := c.AddSync(sim.Sync{})
		for i := range runs { // at moments of their own: rows of one moment take calls to put in order
			c.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-runs) * time.Second)})
		}
		ids = append(ids, id)
	}
	return ids
}
