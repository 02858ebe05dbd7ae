package upstream

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// secret has the form of Census's tokens. No error may contain it.
const secret = "secret-token:canary0123456789abcdefgh"

func TestCensusKnowsBothKindsOfAuthentication(t *testing.T) {
	census := sim.New(sim.Options{Token: secret})
	for _, basic := range []bool{false, true} {
		for token, want := range map[string]string{secret: "ok", secret + "x": "unauthenticated", "": "unauthenticated"} {
			client := New(token, Options{BaseURL: sim.Base(), Basic: basic, Transport: census.Transport()})
			_, err := client.Sync(t.Context(), 52)
			checkVerdict(t, err, want)
		}
	}
}

func TestErrorNamesSubject(t *testing.T) {
	census, client := newCensus(sim.Options{})
	census.Inject(sim.Fault{Do: sim.JSON(403, `{"status":403,"message":"not available for your organization"}`)})
	_, ofSync := client.Sync(t.Context(), 52)
	_, ofRun := client.Run(t.Context(), 94)
	_, ofRuns := client.Runs(t.Context(), 52, paging.Window{Limit: 1})
	_, ofSyncs := client.Syncs(t.Context(), paging.Window{Limit: 1})
	_, ofSources := client.Connections(t.Context(), Sources)
	_, ofDestinations := client.Connections(t.Context(), Destinations)
	for _, c := range []struct {
		err           error
		call, subject string
	}{
		{ofSync, "GET /syncs/52", "sync 52"},
		{ofRun, "GET /sync_runs/94", "sync run 94"},
		{ofRuns, "GET /syncs/52/sync_runs", "sync 52"},
		{ofSyncs, "GET /syncs", "the syncs"},
		{ofSources, "GET /sources", "the sources"},
		{ofDestinations, "GET /destinations", "the destinations"},
	} {
		e, ok := c.err.(*calls.Error)
		if !ok || e.Kind != calls.Forbidden || e.Status != 403 || e.Call != c.call || e.Subject != c.subject {
			t.Errorf("%#v, want %s of %s", c.err, c.call, c.subject)
		} else if text := e.Error(); !strings.Contains(text, c.call) || !strings.Contains(text, "HTTP 403") || !strings.Contains(text, "your organization") {
			t.Errorf("the log would say: %s", text)
		}
	}
}

// The text of an error, however Census or a proxy before it fails, contains neither the token
// nor the host, since it may be logged.
func TestErrorsKeepSecrets(t *testing.T) {
	const host = "internal-host.test"
	for name, fault := range map[string]sim.Effect{
		"echo in a 400": sim.EchoAuthorization(400), "echo in a 500": sim.EchoAuthorization(500), "echo in a 200": sim.EchoAuthorization(200),
		"reset": sim.Reset(), "closed": sim.Close(), "cut": sim.Cut(10), "HTML": sim.HTML(200), "hang": sim.Hang(), "401": sim.HTML(401),
		"redirect to the token": sim.Redirect(302, "https://"+secret+".test/"),
		"redirect":              sim.Redirect(302, "http://"+host+"/"), "redirect to nowhere": sim.Redirect(302, "http://"+host+":x/%zz"),
	} {
		for _, basic := range []bool{false, true} {
			bubble(t, name, func(t *testing.T) {
				census := sim.New(sim.Options{Empty: true})
				census.Inject(sim.Fault{Do: fault})
				client := New(secret, Options{BaseURL: "http://" + host + "/api/v1", Basic: basic, Transport: census.Transport()})
				_, err := client.Sync(t.Context(), 52)
				if err == nil {
					t.Fatal("no error")
				}
				for _, canary := range []string{secret, base64.StdEncoding.EncodeToString([]byte("bearer:" + secret)), host} {
					if strings.Contains(err.Error(), canary) {
						t.Errorf("%s in: %v", canary, err)
					}
				}
			})
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	census := sim.New(sim.Options{})
	srv := httptest.NewServer(census)
	defer srv.Close()
	client := New(secret, Options{BaseURL: srv.URL + "/api/v1"})
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []string{other.URL, srv.URL + "/api/v1/syncs/52", "/api/v1/syncs/52", "file:///etc/passwd", "http://[::", ""} {
			remove := census.Inject(sim.Fault{Times: 1, Do: sim.Redirect(status, to)})
			census.ResetCalls()
			_, err := client.Sync(t.Context(), 52)
			checkVerdict(t, err, "gone")
			if calls := census.Calls(); len(calls) != 1 {
				t.Errorf("%d to %q: %q", status, to, calls)
			}
			remove()
		}
	}
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d requests went to another host", n)
	}
}

func TestProxyOfTheEnvironmentIsIgnored(t *testing.T) {
	if calls.Transport(1).Proxy != nil { // net/http reads the environment once per process, so it cannot be tried
		t.Error("a proxy would be used")
	}
}

func TestNoCookiesAreKept(t *testing.T) {
	census, client := newCensus(sim.Options{})
	id := addSyncWithRuns(census, 1)
	census.Inject(sim.Fault{Do: sim.SetCookie("session=1; Path=/")})
	var cookies []string
	census.OnCall(func(r *http.Request) { cookies = append(cookies, r.Header.Get("Cookie")) })
	for range 2 {
		_, err := client.Sync(t.Context(), id)
		checkVerdict(t, err, "ok")
	}
	if diff := cmp.Diff([]string{"", ""}, cookies); diff != "" {
		t.Error(diff)
	}
}
