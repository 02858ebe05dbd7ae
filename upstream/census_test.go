package upstream

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

// newCensus returns a Census without syncs, and the real client over it.
func newCensus(opt sim.Options) (*sim.Census, *Client) {
	return newCensusOf(sim.Base(), opt)
}

// The base URLs of the versions, for tests of one version.
const (
	baseV1 = "http://census.test/api/v1"
	baseV2 = "http://census.test/api/v2"
)

// newCensusOf is newCensus with a given version.
func newCensusOf(base string, opt sim.Options) (*sim.Census, *Client) {
	opt.Empty = true
	census := sim.New(opt)
	return census, New("", Options{BaseURL: base, Transport: census.Transport()})
}

// addSyncs adds n syncs a second apart, the newest a second ago. Their ids are 1 to n.
func addSyncs(census *sim.Census, n int) {
	now := time.Now()
	for i := range n {
		census.AddSync(sim.Sync{CreatedAt: now.Add(time.Duration(i-n) * time.Second)})
	}
}

// addSyncWithRuns adds a sync with n runs, created a millisecond apart.
func addSyncWithRuns(server *sim.Census, n int) census.SyncID {
	id := server.AddSync(sim.Sync{})
	for i := range n {
		server.AddRun(id, sim.Run{CreatedAt: time.Now().Add(time.Duration(i-n) * time.Millisecond)})
	}
	return census.SyncID(id)
}

// exceptSyncs matches all calls except those of the list of syncs. If that list is missing, the
// whole API is.
func exceptSyncs(r *http.Request) bool { return !sim.Path("/syncs")(r) }

// verdict returns "ok", or the kind of the error.
func verdict(err error) string {
	var failed *calls.Error
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &failed):
		return failed.Kind.String()
	}
	return fmt.Sprintf("an error without a kind: %v", err)
}

// count counts the calls that begin with prefix.
func count(calls []string, prefix string) (n int) {
	for _, c := range calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

// A wire answers requests in process.
type wire func(*http.Request) (*http.Response, error)

func (w wire) RoundTrip(r *http.Request) (*http.Response, error) { return w(r) }

func checkVerdict(t *testing.T, err error, want string) {
	t.Helper()
	if got := verdict(err); got != want {
		t.Errorf("%s, want %s: %v", got, want, err)
	}
}

func bubble(t *testing.T, name string, f func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, f) })
}
