package calls

import (
	"context"
	"encoding/base64"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/sim"
)

// sent is the request that a client makes to fetch run 94.
func sent(t *testing.T, token string, opt Options) (request *http.Request) {
	t.Helper()
	opt.Transport = wire(func(r *http.Request) (*http.Response, error) {
		request = r
		return nil, io.EOF
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond) // one try is enough
	defer cancel()
	New(token, opt).Get(ctx, FetchSyncRun, 94, "")
	if request == nil {
		t.Fatal("no request was sent")
	}
	return request
}

func TestRequestHeaders(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("bearer:"+secret))
	for want, opt := range map[string]Options{"Bearer " + secret: {}, basic: {Basic: true}} {
		want := http.Header{"Accept": {"application/json"}, "Authorization": {want}, "User-Agent": {"census-gateway"}}
		if diff := cmp.Diff(want, sent(t, secret, opt).Header); diff != "" {
			t.Error(diff)
		}
	}
}

func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"":                                     "https://app.getcensus.com/api/v1/sync_runs/94",
		"https://app-eu.getcensus.com/api/v1":  "https://app-eu.getcensus.com/api/v1/sync_runs/94",
		"https://app.getcensus.com/api/v2/":    "https://app.getcensus.com/api/v2/sync_runs/94",
		"http://127.0.0.1:8080/census/api/v1/": "http://127.0.0.1:8080/census/api/v1/sync_runs/94",
		"http://census.test//":                 "http://census.test/sync_runs/94",
	} {
		if got := sent(t, "", Options{BaseURL: base}).URL.String(); got != want {
			t.Errorf("%q leads to %s, want %s", base, got, want)
		}
	}
}

func TestUnusableBaseURL(t *testing.T) {
	_, err := New(secret, Options{BaseURL: "http://census test\x7f/"}).Get(t.Context(), FetchSyncRun, 94, "")
	checkVerdict(t, err, "internal")
}

func TestKinds(t *testing.T) {
	for status, want := range map[int]Kind{
		301: Gone, 302: Gone, 303: Gone, 304: BadResponse, 307: Gone, 308: Gone,
		400: BadResponse, 401: Unauthenticated, 402: Forbidden, 451: Forbidden, 403: Forbidden, 404: NotFound, 405: BadResponse,
		408: BadResponse, 409: BadResponse, 410: NotFound, 418: BadResponse, 422: BadResponse, 425: BadResponse, 429: RateLimited,
		500: Unavailable, 501: Unavailable, 502: Unavailable, 503: Unavailable, 504: Unavailable, 520: Unavailable, 599: Unavailable,
	} {
		if got := KindOf(status); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
}

func TestKindsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for k := Internal; k <= Canceled; k++ {
		if name := k.String(); name == "" || seen[name] {
			t.Errorf("kind %d is called %q", k, name)
		}
		seen[k.String()] = true
	}
}

// After a 101, net/http hands the connection over and no context ends the read. Reading its
// body would hold the call's slot for as long as Census liked.
func TestSwitchedProtocolsHoldNoSlot(t *testing.T) {
	census, client := serve(t)
	census.Inject(sim.Fault{Do: switchProtocols})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := client.Get(ctx, FetchSync, 52, "")
	checkVerdict(t, err, "bad_response")
	checkNothingHeld(t, client)
}
