package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"census-gateway/edge"
	"census-gateway/settings"
	"census-gateway/upstream/sim"
)

// A transcript holds what the program prints. It can be read while the program runs.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.String()
}

// start runs the program until the test ends. It returns once the output matches all of what.
// stop ends the program as SIGTERM does and returns what run returned.
func start(t *testing.T, args []string, what ...*regexp.Regexp) (out *transcript, found []string, stop func() error) {
	t.Helper()
	out = new(transcript)
	found, stop = startLogging(t, args, out, io.Discard, what...)
	return out, found, stop
}

// startLogging is start, with the log written to log.
func startLogging(t *testing.T, args []string, out *transcript, log io.Writer, what ...*regexp.Regexp) (found []string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, nil, out, log) }()
	stop = func() error { cancel(); return <-ended }
	deadline := time.Now().Add(time.Minute)
	for _, re := range what {
		for re.FindStringSubmatch(out.String()) == nil {
			if time.Now().After(deadline) {
				t.Fatalf("the output does not match %s:\n%s", re, out)
			}
			time.Sleep(5 * time.Millisecond)
		}
		found = append(found, re.FindStringSubmatch(out.String())[1])
	}
	return found, stop
}

var (
	saysGraphQL = regexp.MustCompile(`GraphQL at (http://\S+/graphql)`)
	saysMetrics = regexp.MustCompile(`health at (http://\S+/metrics)`)
	saysREST    = regexp.MustCompile(`REST API at (http://\S+/api/v1)`)
)

// ask posts body and returns the answer.
func ask(t *testing.T, url, body string) string {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestServesSimulatedCensus(t *testing.T) {
	out, urls, stop := start(t, []string{"--addr", "127.0.0.1:0", "--sim-addr", "127.0.0.1:0"}, saysGraphQL, saysREST)
	lines := strings.Split(out.String(), "\n")
	if lines[0] != "GraphiQL at "+strings.TrimSuffix(urls[0], "graphql") {
		t.Errorf("the first line is not where GraphiQL is: %q", lines[0])
	}
	if lines[1] != "Dashboard at "+strings.TrimSuffix(urls[0], "graphql")+"dashboard" {
		t.Errorf("the second line is not where the dashboard is: %q", lines[1])
	}
	if !strings.Contains(lines[2], "simulated Census") {
		t.Errorf("the third line does not say that Census is simulated: %q", lines[2])
	}
	if answer := ask(t, urls[0], `{"query":"{ sync(id: 52) { label runs(first: 1) { totalCount } } }"}`); !strings.Contains(answer, `"label":"Accounts → Salesforce"`) {
		t.Errorf("answer %s", answer)
	}
	resp, err := http.Get(urls[1] + "/syncs/52/sync_runs?per_page=1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `"sync_id":52`) || resp.Header.Get("X-Census-Simulated") != "true" {
		t.Errorf("answer %s %s", resp.Header, body)
	}
	if err := stop(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// The gateway calls the Census at the base URL, here a simulated one on a port of its own.
func TestServesCensusAtBaseURL(t *testing.T) {
	_, rest, stopSim := start(t, []string{"--addr", "127.0.0.1:0", "--sim-addr", "127.0.0.1:0"}, saysREST)
	defer stopSim()
	for _, auth := range []string{"bearer", "basic"} {
		out, urls, stop := start(t, []string{"--addr", "127.0.0.1:0", "--census-base-url", rest[0], "--census-api-token", "canary", "--census-auth", auth}, saysGraphQL)
		if answer := ask(t, urls[0], `{"query":"{ syncs(first: 1) { totalCount } }"}`); answer != `{"data":{"syncs":{"totalCount":48}}}` {
			t.Errorf("%s: answer %s", auth, answer)
		}
		if strings.Contains(out.String(), "canary") || strings.Contains(out.String(), "simulated") {
			t.Errorf("%s: says %s", auth, out)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	}
}

// Every answer of a simulated Census has the header that says so, including answers from
// memory. An answer of a real Census never has it.
func TestSimulatedHeader(t *testing.T) {
	simulated, real := handlerFor(t), handlerFor(t, "--census-api-token=x")
	says := func(h http.Handler, target string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+target, nil))
		return w.Header().Get("X-Census-Simulated")
	}
	const query = "/graphql?query={sync(id:52){label}}"
	for _, target := range []string{query, query, "/graphql?query={nonsense}", "/graphql", "/schema.graphql", "/"} {
		if got := says(simulated, target); got != "true" {
			t.Errorf("%s: %q", target, got)
		}
		if target == query {
			continue // these would call the real Census
		}
		if got := says(real, target); got != "" {
			t.Errorf("%s of a real Census: %q", target, got)
		}
	}
}

func TestWrongSettings(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--addr 8080", "GATEWAY_ADDR (--addr)"},
		{"--admin-addr 127.0.0.1:99999", "GATEWAY_ADMIN_ADDR (--admin-addr)"},
		{"--sim-addr localhost", "GATEWAY_SIM_ADDR (--sim-addr)"},
		{"--census-auth digest", "CENSUS_AUTH (--census-auth)"},
		{"--census-base-url ftp://census.test", "CENSUS_BASE_URL (--census-base-url)"},
		{"--census-base-url https://user:canary@census.test", "CENSUS_BASE_URL (--census-base-url)"},
		{"--addr :8080 --census-api-token canary", "GATEWAY_ALLOW_OPEN"},
		{"--simulate --api-keys canary", "GATEWAY_API_KEYS"},
		{"--simulate --api-keys-file /nowhere", "GATEWAY_API_KEYS_FILE"},
		{"--jwt-issuer https://issuer.test", "GATEWAY_JWT_JWKS"},
		{"--pass-through --census-api-token canary", "GATEWAY_PASS_THROUGH"},
		{"--cors-origins *", "GATEWAY_CORS_ORIGINS"},
		{"--cors-origins https://app.test/path", "GATEWAY_CORS_ORIGINS"},
		{"--only-trusted-documents", "GATEWAY_TRUSTED_DOCUMENTS"},
		{"--trusted-documents /nowhere", "GATEWAY_TRUSTED_DOCUMENTS (--trusted-documents): stat /nowhere"},
		{"--operation-timeout 1h", "GATEWAY_OPERATION_TIMEOUT"},
		{"--max-depth 0", "GATEWAY_MAX_DEPTH"},
		{"--rate=-1", "GATEWAY_RATE"},
		{"--log-format xml", "GATEWAY_LOG_FORMAT"},
		{"--log-level loud", "GATEWAY_LOG_LEVEL"},
		{"--settings /nowhere", "GATEWAY_SETTINGS"},
		{"--new-key \x00", "--new-key"},
		{"--new-key=", "--new-key"},
		{"--jwt-scope read", "GATEWAY_JWT_ISSUER"},
		{"--simulate --jwt-issuer https://i.test --jwt-audience a --jwt-jwks /nowhere", "GATEWAY_JWT_JWKS (--jwt-jwks)"},
		{"--simulate --jwt-issuer https://i.test --jwt-audience a --jwt-jwks http://127.0.0.1:1 --check-config", "GATEWAY_JWT_JWKS (--jwt-jwks)"},
		{"--simulate --jwt-issuer https://i.test --jwt-audience a --jwt-jwks ftp://i.test", "GATEWAY_JWT_JWKS (--jwt-jwks)"},
		{`--simulate --jwt-issuer https://i.test --jwt-audience a --jwt-jwks x --jwt-scope a"b`, "GATEWAY_JWT_SCOPE (--jwt-scope)"},
		{"--trusted-proxies 10.0.0.0/8,proxy.internal", "GATEWAY_TRUSTED_PROXIES (--trusted-proxies)"},
		{"--api-keys canary", "CENSUS_API_TOKEN is missing"},
		{"--pprof", "GATEWAY_ADMIN_ADDR"},
		{"--alert-webhook https://hooks.test/x --pass-through", "GATEWAY_ALERT_WEBHOOK (--alert-webhook) needs a token of the gateway's own"},
		{"--alert-secret x", "GATEWAY_ALERT_SECRET (--alert-secret) needs GATEWAY_ALERT_WEBHOOK (--alert-webhook)"},
		{"--sync-metrics", "GATEWAY_SYNC_METRICS (--sync-metrics) needs GATEWAY_ADMIN_ADDR (--admin-addr)"},
		{"--sync-metrics --pass-through --admin-addr 127.0.0.1:0", "GATEWAY_SYNC_METRICS (--sync-metrics) needs a token of the gateway's own"},
		{"--census-api-token canary\u00e9", "CENSUS_API_TOKEN (--census-api-token)"},
		{"--hosts gateway.internal,http://gateway/", `GATEWAY_HOSTS (--hosts) must be host names like gateway.internal, without a scheme, port or path, not "http://gateway/"`},
		{"--hosts gateway:8080", "GATEWAY_HOSTS"},
		{"--nonsense", "--nonsense"},
		{"canary", "unexpected argument"},
		{"--settings /", "GATEWAY_SETTINGS (--settings)"},
		{"--cors-origins https://a.test,,https://b.test/path", "GATEWAY_CORS_ORIGINS"},
	} {
		err := run(t.Context(), strings.Fields(tt.args), nil, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", tt.args, err)
		}
	}
}

// Without GraphiQL no line names it, no path serves it and no browser is redirected to it. With
// GraphiQL on all interfaces, the line names localhost.
func TestWithoutGraphiQL(t *testing.T) {
	documents := t.TempDir()
	if err := os.WriteFile(documents+"/one.graphql", []byte("query One { sync(id: 52) { label } }"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--no-graphiql"}, {"--trusted-documents", documents, "--only-trusted-documents"}} {
		out, urls, stop := start(t, append(args, "--addr", "127.0.0.1:0"), saysGraphQL)
		for suffix, want := range map[string]int{"": http.StatusNotAcceptable, "/../": http.StatusNotFound, "/../graphiql": http.StatusNotFound} {
			r, _ := http.NewRequest("GET", urls[0]+suffix, nil)
			r.URL.Path = path.Clean(r.URL.Path)
			r.Header.Set("Accept", "text/html")
			resp, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s: %s: %s", args, r.URL, resp.Status)
			}
		}
		if strings.Contains(out.String(), "GraphiQL") {
			t.Errorf("%s: %s", args, out)
		}
		stop()
	}
	for addr, want := range map[string]string{"[::]:80": "localhost:80", "0.0.0.0:80": "localhost:80", "127.0.0.1:80": "127.0.0.1:80", "10.0.0.1:80": "10.0.0.1:80"} {
		if got := browsable(addr); got != want {
			t.Errorf("%s: %s", addr, got)
		}
	}
}

// The log warns of names in the environment that look like settings but are not.
func TestWarnsOfMistypedNames(t *testing.T) {
	t.Setenv("GATEWAY_FRESHNES", "canary")
	var log bytes.Buffer
	if err := run(t.Context(), []string{"--check-config"}, nil, io.Discard, &log); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "names=[GATEWAY_FRESHNES]") || strings.Contains(log.String(), "canary") {
		t.Error(log.String())
	}
}

// The documents list every metric, by its name without the prefix.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	documents := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(documents, []byte(`{"lab":"{ sync(id: 52) { label latestRun { recordsInvalid } } }"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	census := httptest.NewServer(sim.New(sim.Options{}))
	defer census.Close()
	// There is no JWKS here, so only its age is missing.
	key := "--api-keys=k:" + edge.HashKey("a-key")
	_, urls, stop := start(t, []string{"--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0", key, "--trusted-documents", documents,
		"--census-base-url", census.URL + "/api/v1", "--census-api-token", "t", "--redis-url", "redis://127.0.0.1:1", "--alert-webhook", "http://127.0.0.1:1",
		"--jwt-issuer", "https://issuer.test", "--jwt-audience", "a", "--jwt-jwks", "http://127.0.0.1:1"}, saysGraphQL, saysMetrics)
	defer stop()
	ask(t, urls[0], `{"query":"{ sync(id: 52) { label } }"}`)
	r, err := http.NewRequest("POST", urls[0], strings.NewReader(`{"documentId":"lab"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-API-Key", "a-key")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	resp, err := http.Get(urls[1])
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	names := regexp.MustCompile(`(?m)^# TYPE census_gateway_(\w+)`).FindAllSubmatch(body, -1)
	_, table, _ := strings.Cut(string(text), "\n| metric, after `census_gateway_` |")
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.Lines(table) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.SplitN(row, "|", 3)[1], -1) {
			if name[1] != "jwks_age_seconds" && !bytes.Contains(body, []byte("\n# TYPE census_gateway_"+name[1]+" ")) {
				t.Errorf("%s is documented but not served", name[1])
			}
		}
	}
	for _, name := range names {
		if !bytes.Contains(text, []byte("`"+string(name[1])+"`")) {
			t.Errorf("docs/operations.md does not have %s", name[1])
		}
	}
}

// An open gateway beyond loopback accepts only the host names it was given.
func TestHostsBeyondLoopback(t *testing.T) {
	for _, tt := range []struct {
		args, host string
		want       int
	}{
		{"--simulate --addr :8080", "evil.example", 200},
		{"--simulate --addr :8080 --hosts gateway.test", "evil.example", 403},
		{"--simulate --addr :8080 --hosts gateway.test", "gateway.test", 200},
		{"--addr 127.0.0.1:8080", "evil.example", 403},
	} {
		h := handlerFor(t, strings.Fields(tt.args)...)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "http://"+tt.host+"/graphql?query={__typename}", nil))
		if w.Code != tt.want {
			t.Errorf("%s, %s: %d", tt.args, tt.host, w.Code)
		}
	}
}

// handlerFor returns the handler that the program serves with these arguments.
func handlerFor(tb testing.TB, args ...string) http.Handler {
	tb.Helper()
	s, _, err := settings.Read(args, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	g, err := open(tb.Context(), s, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := g.handler(tb.Context(), s)
	if err != nil {
		tb.Fatal(err)
	}
	return h
}
