package e2e

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"census-gateway/upstream/sim"
)

// A collector receives traces and keeps all that it receives.
type collector struct {
	url  string
	mu   sync.Mutex
	text strings.Builder
}

func newCollector(t *testing.T) *collector {
	c := new(collector)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.text.Write(text)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// Every secret in this test contains this word, and so do all variables, labels and names of
// callers.
const canary = "CANARY"

// No secret and no input of callers leaves the gateway in an unintended way, for any failure.
func TestCanaries(t *testing.T) {
	t.Parallel()
	const key, passed = "cgw_CANARYkeyCANARYkeyCANARY", "secret-token:CANARYpassedCANARYpassed"
	signer := newKey(t, "k", "Ed")
	jwks := write(t, "jwks", keySet(signer))
	for _, mode := range []struct {
		name        string
		credentials []string
		settings    func(*census) []string
	}{
		{"shared", []string{"Bearer " + key, "Bearer " + signer.sign(t, map[string]any{"sub": "CANARY@example.com", "email": "CANARY@example.com"}), "Bearer CANARYwrongCANARYwrong",
			"Basic Q0FOQVJZOkNBTkFSWQ==", "Bearer eyJhbGciOiJub25lIn0.CANARY.CANARY"}, func(c *census) []string {
			return c.settings("GATEWAY_API_KEYS=k:"+hashOf(key), "GATEWAY_JWT_ISSUER="+issuer, "GATEWAY_JWT_AUDIENCE=census", "GATEWAY_JWT_JWKS="+jwks)
		}},
		{"shared, by Basic", []string{"Bearer " + key}, func(c *census) []string {
			return c.settings("GATEWAY_API_KEYS=k:"+hashOf(key), "CENSUS_AUTH=basic")
		}},
		{"passed through", []string{"Bearer " + passed, "Bearer " + passed + "x"}, func(c *census) []string {
			return []string{"CENSUS_BASE_URL=" + c.url, "GATEWAY_PASS_THROUGH=true"}
		}},
	} {
		for _, format := range []string{"text", "json"} {
			t.Run(mode.name+", "+format, func(t *testing.T) {
				t.Parallel()
				c := newCensus(t, sim.Options{})
				traces := newCollector(t)
				g := start(t, append(mode.settings(c), "GATEWAY_LOG_LEVEL=debug", "GATEWAY_LOG_FORMAT="+format, "GATEWAY_OPERATION_TIMEOUT=1s",
					"GATEWAY_PPROF=true", "OTEL_EXPORTER_OTLP_ENDPOINT="+traces.url, "OTEL_BSP_SCHEDULE_DELAY=50")...)
				var seen strings.Builder
				for _, credential := range mode.credentials {
					causeFailures(t, g, c, credential, func(a answer) {
						for name, values := range a.header {
							seen.WriteString(name + ": " + strings.Join(values, ", ") + "\n")
						}
						seen.WriteString(a.body + "\n")
					})
				}
				metrics := do(t, "GET", g.admin+"/metrics", "")
				g.stop(t)
				traces.mu.Lock()
				defer traces.mu.Unlock()
				if n := traces.text.Len(); n < 1000 {
					t.Errorf("only %d bytes of traces", n)
				}
				for where, text := range map[string]string{"stdout": g.out.String(), "the log": g.log.String(), "metrics": metrics.body, "answers": seen.String(), "traces": traces.text.String()} {
					checkNoSecrets(t, where, text)
				}
			})
		}
	}
}

// causeFailures causes every kind of failure with one credential, and passes each answer to show.
func causeFailures(t *testing.T, g *gateway, c *census, credential string, show func(answer)) {
	ask := func(request string, headers ...string) {
		show(g.post(t, request, append([]string{"Authorization", credential, "Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
			"Tracestate", "CANARY=CANARY", "Baggage", "user=CANARY@example.com", "X-Census-Cost", "1", "User-Agent", "CANARY", "Cookie", "CANARY=CANARY"}, headers...)...))
	}
	const query = `query Named($id: ID!, $after: String) { sync(id: $id) { label runs(first: 3, after: $after) { nodes { id } } } }`
	ask(body(query, map[string]any{"id": "52", "unused": "CANARY@example.com"}))
	ask(body(query, map[string]any{"id": "52", "after": "CANARYcursor"}))
	ask(body(query, map[string]any{"id": map[string]any{"CANARY": 1}}))
	ask(body("#CANARY\n{sync(id:52){label}}", nil), "X-API-Key", "CANARYkeyCANARYkey")
	// Names of connections, whose records at Census contain secrets.
	ask(body("{syncs(first:5){nodes{source{connectionName connectionType}destination{connectionName connectionType}}}}", nil))
	// Only callers may see who started a run. No log, metric or trace contains it.
	if a := g.query(t, "{sync(id:52){runs(first:1000){nodes{syncTriggerReason{uiDetail}}}}}", nil, "Authorization", credential); a.status == 200 && !strings.Contains(a.body, "@") {
		t.Error("no run names the user who started it")
	}
	for i, broken := range []sim.Effect{
		sim.EchoAuthorization(401), sim.EchoAuthorization(500), sim.EchoAuthorization(400), sim.EchoAuthorization(200), sim.EchoAuthorization(429),
		sim.Redirect(302, "http://elsewhere.example.com/?token=CANARY"), sim.Redirect(307, "//CANARY@127.0.0.1/"),
		sim.SetCookie("session=CANARY"), sim.Throttle("CANARY"), sim.JSON(200, `{"status":"error","message":"secret-token:CANARYinner"}`),
		sim.JSON(500, `{"message":"CANARY@example.com and secret-token:CANARYinner"}`), sim.HTML(502), sim.Reset(), sim.Cut(10), sim.Hang(),
		sim.NotHTTP("HTTP/1.1 secret-token:CANARYinner\r\n\r\n"), sim.NotHTTP("secret-token:CANARYinner\r\n\r\n"), sim.NotHTTP("HTTP/1.1 200 OK\r\nsecret-token:CANARYinner\r\n\r\n"),
		sim.Status(403, "text/plain", "CANARY@example.com may not"), sim.JSON(404, `{"who":"CANARY@example.com"}`),
	} {
		remove := c.Inject(sim.Fault{Do: broken})
		ask(body(`{sync(id:`+itoa(int64(60+i))+`){label runs(first:3){nodes{id}}}}`, nil)) // a sync that is not cached
		remove()
	}
	for _, bad := range []string{
		"secret-token:CANARY", "{", `{"query":"CANARY`, `{"query":{"CANARY":1}}`, `["CANARY"]`, `{"query":"{sync(id:52){id}}","variables":"CANARY"}`,
		`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"CANARY"}}}`, `{"documentId":"CANARY"}`,
	} {
		ask(bad)
	}
	show(g.do(t, "GET", "/graphql?query=%7Bsync(id:52)%7Bid%7D%7D&token=CANARY", "", "Authorization", credential))
	show(g.do(t, "GET", "/CANARY", "", "Authorization", credential))
	show(g.do(t, "TRACE", "/graphql", "", "Authorization", credential, "X-CANARY", canary))
	show(g.do(t, "OPTIONS", "/graphql", "", "Origin", "https://CANARY.example", "Access-Control-Request-Method", "POST"))
	show(g.do(t, "GET", "/graphql?query=a", "", "Authorization", credential, "Host", "CANARY.example"))
	for _, a := range g.raw(t, "GET /graphql HTTP/1.1\r\nHost: HOST\r\nAuthorization: "+credential+"\r\nCANARY bad: x\r\n\r\n") {
		show(a)
	}
}

var secrets = regexp.MustCompile(`(?i)[^\s"]{0,40}CANARY[^\s"]{0,40}|secret-token:[^\s"\[]+|(?-i:eyJ)[A-Za-z0-9_-]{10,}|[a-z0-9.]+@[a-z0-9]+\.(com|test|example)`)

// checkNoSecrets checks that text contains no secret, plain or in base64.
func checkNoSecrets(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range secrets.FindAllString(text, 5) {
		t.Errorf("%s: %q", where, s)
	}
	for _, packed := range []string{"YmVhcmVyOnNlY3JldC10b2tlb", "Q0FOQVJZ"} {
		if i := strings.Index(text, packed); i >= 0 {
			t.Errorf("%s: base64 of a secret: %.60s", where, text[i:])
		}
	}
}
