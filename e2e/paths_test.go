package e2e

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

// The program serves only documented paths.
func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings()...)
	for _, path := range []string{
		"/debug/pprof/", "/debug/pprof/cmdline", "/debug/vars", "/metrics", "/livez", "/readyz", "/health", "/status", "/admin", "/api/v1/syncs",
		"/.env", "/.git/config", "/server.go", "/graphql/", "/graphql/../debug/pprof/", "/graphiql/assets/", "/graphiql/assets/../../server.go",
		"/graphiql/assets/%2e%2e/%2e%2e/go.mod", "/graphiql/assets/manifest.json%00", "//debug/pprof/", "/graphql%00", "/subscriptions", "/webhooks/census",
	} {
		if a := g.do(t, "GET", path, ""); a.status != 404 && a.status != 400 && !(a.status >= 301 && a.status <= 308) {
			t.Errorf("%s: %d %.100s", path, a.status, a.body)
		}
	}
	for _, method := range []string{"TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "QUERY", "FOO", "get"} {
		a := g.do(t, method, "/graphql", "", "X-Canary", "CANARY")
		if a.status != 405 || a.header.Get("Allow") == "" || strings.Contains(a.body, "CANARY") {
			t.Errorf("%s: %d %v %.100s", method, a.status, a.header, a.body)
		}
	}
	if a := g.do(t, "HEAD", "/graphql"+query52, ""); a.status != 200 || a.body != "" {
		t.Errorf("HEAD: %d %q", a.status, a.body)
	}
	// A trailing slash is accepted, also for POST, because a redirect might turn POST into GET.
	if a := g.do(t, "POST", "/graphql/", body("{sync(id:52){id}}", nil), "Content-Type", asJSON); a.status != 200 || a.body != `{"data":{"sync":{"id":"Sync:52"}}}` {
		t.Errorf("POST /graphql/: %d %s", a.status, a.body)
	}
	if a := g.do(t, "GET", "/graphql/"+query52, ""); a.status != 200 {
		t.Errorf("GET /graphql/: %d %s", a.status, a.body)
	}
	if a := g.do(t, "OPTIONS", "/graphql", ""); a.status != 204 {
		t.Errorf("OPTIONS: %d", a.status)
	}
	c.takeRequests()
	for _, operation := range []string{"mutation{a}", "subscription{a}", "query%20A{sync(id:52){label}}mutation%20B{a}&operationName=B"} {
		if a := g.do(t, "GET", "/graphql?query="+operation, "", "Accept", asGraphQL); a.status != 400 && a.status != 405 || a.code() == "" {
			t.Errorf("GET %s: %d %.100s", operation, a.status, a.body)
		}
	}
	c.expectNoRequests(t)
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/cmdline", "/graphql", "/"} {
		if a := do(t, "GET", g.admin+path, ""); a.status != 404 {
			t.Errorf("admin %s: %d", path, a.status)
		}
	}
	if a := do(t, "POST", g.admin+"/metrics", ""); a.status != 405 {
		t.Errorf("POST /metrics: %d", a.status)
	}
}

// A valid request id is returned; an invalid one is replaced.
func TestRequestID(t *testing.T) {
	t.Parallel()
	g := start(t)
	made := regexp.MustCompile(`^[A-Z2-7]{26}$`)
	for id, echoed := range map[string]bool{
		"abc-123_X.y": true, strings.Repeat("a", 64): true, strings.Repeat("a", 65): false, "": false, "a b": false, "<script>": false,
		"a;b": false, "a\tb": false, "\x80\xff": false, "é": false, `a"b`: false, strings.Repeat("x", 9000): false,
	} {
		for _, path := range []string{"/graphql" + query52, "/nowhere", "/"} {
			got := g.do(t, "GET", path, "", "X-Request-Id", id).header.Values("X-Request-Id")
			if len(got) != 1 || echoed && got[0] != id || !echoed && !made.MatchString(got[0]) {
				t.Errorf("%s: %.70q is answered with %.70q", path, id, got)
			}
		}
	}
	for _, text := range []string{"a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\x00b", "a\rX-Evil: 1"} {
		for _, name := range []string{"X-Request-Id", "Authorization", "Origin", "Traceparent", "Accept"} {
			for _, a := range g.raw(t, "GET /nowhere HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n"+name+": "+text+"\r\n\r\n") {
				if a.header.Get("X-Evil") != "" || strings.Contains(a.header.Get("X-Request-Id"), "Evil") {
					t.Errorf("%s: %q: %v", name, text, a.header)
				}
			}
		}
	}
}

// Passed-through credentials cannot inject headers into calls to Census.
func TestHeaderInjection(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, "CENSUS_BASE_URL="+c.url, "GATEWAY_PASS_THROUGH=true")
	const get = "GET /graphql" + query52 + " HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nAuthorization: "
	for _, token := range []string{"Bearer a b", "Bearer a\tb", "Bearer a\x00b", "Bearer a\rX-Evil: 1", "Bearer \x80\xff", "Bearer é", "Bearer", "Bearer ", "Basic !!", "Basic YmVhcmVyOmEKYg==", "Digest a",
		"Bearer " + strings.Repeat("x", 9000), "Bearer a\r\nAuthorization: Bearer b"} {
		for _, a := range g.raw(t, get+token+"\r\n\r\n") {
			if a.status != 401 && a.status != 400 {
				t.Errorf("%.40q: %d %.100s", token, a.status, a.body)
			}
		}
		c.expectNoRequests(t)
	}
	g.raw(t, get+"Bearer good-token\r\nX-Evil: 1\r\nX-Forwarded-For: 1.2.3.4\r\nCookie: a=b\r\n\r\n")
	if seen := c.credentials(); !slices.Equal(seen, []string{"Bearer good-token"}) {
		t.Errorf("Census saw %q", seen)
	}
}

// A request to upgrade to an unknown protocol is answered like any other. A WebSocket must name the
// subprotocol. A page of another origin cannot upgrade.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	g := start(t)
	upgrade := func(to, query string, more ...string) answer {
		return g.do(t, "GET", "/graphql"+query, "", append([]string{"Connection", "Upgrade", "Upgrade", to,
			"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}, more...)...)
	}
	for query, want := range map[string]int{query52: 200, "": 400} {
		if a := upgrade("h2c", query); a.status != want {
			t.Errorf("h2c with %q: %d %s", query, a.status, a.body)
		}
		if a := upgrade("websocket", query); a.status != 101 || !strings.Contains(a.body, "Subprotocol not acceptable") {
			t.Errorf("websocket with %q: %d %s", query, a.status, a.body)
		}
	}
	for _, to := range []string{"websocket", "h2c"} {
		if a := upgrade(to, query52, "Origin", "https://evil.example"); a.status != 403 {
			t.Errorf("%s of a foreign page: %d", to, a.status)
		}
	}
}
