package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"census-gateway/edge/observe"
	"census-gateway/settings"
)

// withoutID matches the request id that the logger adds to a line.
var withoutID = regexp.MustCompile(` request_id=\w+$`)

// watchedFor returns a gateway started with these arguments, its handler and its log.
func watchedFor(t *testing.T, args ...string) (*gateway, http.Handler, *transcript) {
	t.Helper()
	s, _, err := settings.Read(args, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	log := new(transcript)
	g, err := open(t.Context(), s, log)
	if err != nil {
		t.Fatal(err)
	}
	h, err := g.handler(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return g, h, log
}

// Each rejected request adds one to a counter and one warning to the log, with the reason, the
// setting and the client.
func TestRefusalsAreSeen(t *testing.T) {
	const typename = `{"query":"{ __typename }"}`
	key := "X-API-Key: a-key"
	for _, tt := range []struct {
		name, args, method, path, body string
		headers                        []string
		want                           string // of its line, after refused=
	}{
		{"a host", "", "POST", "http://evil.example/graphql", typename, nil, "host setting=GATEWAY_HOSTS"},
		{"a host that asks for a page", "", "GET", "http://evil.example/", "", nil, "host setting=GATEWAY_HOSTS"},
		{"a preflight", "", "OPTIONS", "/graphql", "", []string{"Origin: https://evil.example", "Access-Control-Request-Method: POST"}, "origin setting=GATEWAY_CORS_ORIGINS"},
		{"an origin", "", "POST", "/graphql", typename, []string{"Origin: https://evil.example"}, "origin setting=GATEWAY_CORS_ORIGINS"},
		{"no key", "--simulate --api-keys-file KEYS", "POST", "/graphql", typename, nil, `no_credential cause="no credential"`},
		{"a wrong key", "--simulate --api-keys-file KEYS", "POST", "/graphql", typename, []string{"X-API-Key: x"}, `key setting=GATEWAY_API_KEYS_FILE cause="unknown API key"`},
		{"a wrong key for the schema", "--simulate --api-keys-file KEYS", "GET", "/schema.graphql", "", []string{"X-API-Key: x"}, `key setting=GATEWAY_API_KEYS_FILE cause="unknown API key"`},
		{"too many", "--rate 0.001 --burst 1", "POST", "/graphql", typename, nil, "rate setting=GATEWAY_RATE"},
		{"too long", "--max-body 10", "POST", "/graphql", typename, nil, "body setting=GATEWAY_MAX_BODY"},
		{"too long a URL", "--max-body 10", "GET", "/graphql?query={__typename}", "", nil, "body setting=GATEWAY_MAX_BODY"},
		{"too long a document", "--max-document 10", "POST", "/graphql", typename, nil, "document setting=GATEWAY_MAX_DOCUMENT"},
		{"too long a document in a URL", "--max-document 10", "GET", "/graphql?query={__typename}", "", nil, "document setting=GATEWAY_MAX_DOCUMENT"},
		{"no GraphQL over HTTP", "", "PUT", "/graphql", typename, nil, ""},
		{"too deep", "--max-depth 1", "POST", "/graphql", `{"query":"{ sync(id: 52) { latestRun { id } } }"}`, nil, "depth setting=GATEWAY_MAX_DEPTH"},
		{"too many words", "--max-tokens 3", "POST", "/graphql", typename + " ", nil, ""},
		{"far too many words", "--max-tokens 2", "POST", "/graphql", typename, nil, "tokens setting=GATEWAY_MAX_TOKENS"},
		{"not trusted", "--trusted-documents DOCUMENTS --only-trusted-documents", "POST", "/graphql", typename, nil, "untrusted setting=GATEWAY_TRUSTED_DOCUMENTS"},
		{"a bad value", "", "POST", "/graphql", `{"query":"{ sync(id: 52) { runs(first: -1) { totalCount } } }"}`, nil, ""},
		{"an unknown document", "", "POST", "/graphql", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"` + strings.Repeat("0", 64) + `"}}}`, nil, ""},
		{"a good key", "--simulate --api-keys-file KEYS", "POST", "/graphql", typename, []string{key}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/keys", []byte("one 2a8a1240f50636655520ac8ed22aa29473b8517b4abfdbc3bc03bcad73fc8849\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/a.graphql", []byte("{__typename}"), 0o600); err != nil {
				t.Fatal(err)
			}
			args := strings.NewReplacer("KEYS", dir+"/keys", "DOCUMENTS", dir).Replace(tt.args)
			g, h, log := watchedFor(t, strings.Fields(args)...)
			times := 1
			if strings.Contains(tt.args, "--rate") {
				times = 2
			}
			for range times {
				target := tt.path
				if strings.HasPrefix(target, "/") {
					target = "http://localhost" + target
				}
				r := httptest.NewRequest(tt.method, target, strings.NewReader(tt.body))
				r.Header.Set("Content-Type", "application/json")
				for _, line := range tt.headers {
					name, value, _ := strings.Cut(line, ": ")
					r.Header.Set(name, value)
				}
				h.ServeHTTP(httptest.NewRecorder(), r)
			}
			observe.Flush(g.log)
			lines := regexp.MustCompile(`(?m)^.*refused=.*$`).FindAllString(log.String(), -1)
			w := httptest.NewRecorder()
			g.observer.MetricsHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
			counts := regexp.MustCompile(`census_gateway_refusals_total\{reason="(\w+)"\} (\d+)`).FindAllStringSubmatch(w.Body.String(), -1)
			if tt.want == "" {
				if len(lines)+len(counts) > 0 || strings.Contains(log.String(), "WARN") {
					t.Errorf("log %s, counts %v", log.String(), counts)
				}
				return
			}
			reason, _, _ := strings.Cut(tt.want, " ")
			if len(lines) != 1 || !strings.HasSuffix(withoutID.ReplaceAllString(lines[0], ""), " refused="+tt.want) || !strings.Contains(lines[0], "level=WARN") ||
				!strings.Contains(lines[0], "client=192.0.2.1 ") || strings.Count(lines[0], "request_id=") != 1 || strings.Count(log.String(), "\n") != times {
				t.Errorf("the log: %s", log.String())
			}
			if len(counts) != 1 || counts[0][1] != reason || counts[0][2] != "1" {
				t.Errorf("counts %v", counts)
			}
		})
	}
}

// The documents explain every reason, and name only settings that exist.
func TestReasonsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for reason, names := range settingFor {
		for name := range strings.SplitSeq(names, ", ") {
			if len(settings.Misnamed([]string{name + "="})) > 0 {
				t.Errorf("%s: there is no %s", reason, name)
			}
		}
		if !strings.Contains(string(text), "`"+reason+"`") {
			t.Errorf("docs/operations.md does not have %s", reason)
		}
	}
}

// The log line of an operation has the name of the client, sent by either convention.
func TestClientNames(t *testing.T) {
	for headers, want := range map[string]string{
		"graphql-client-name: web, graphql-client-version: 1.2":                                     " app=web app_version=1.2 ",
		"apollographql-client-name: ios, apollographql-client-version: 7":                           " app=ios app_version=7 ",
		"graphql-client-name: web, apollographql-client-name: ios, apollographql-client-version: 7": " app=web type=",
		"graphql-client-name: secret-token:canary":                                                  " client=192.0.2.1 type=",
		"graphql-client-name: my <b>app, graphql-client-version: " + strings.Repeat("9", 300):       " app=mybapp type=",
		"x-forwarded-for: 198.51.100.7":                                                             " client=198.51.100.7 type=",
	} {
		g, h, log := watchedFor(t, "--trusted-proxies", "192.0.2.0/24")
		r := httptest.NewRequest("POST", "http://localhost/graphql", strings.NewReader(`{"query":"{__typename}"}`))
		r.Header.Set("Content-Type", "application/json")
		for line := range strings.SplitSeq(headers, ", ") {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		h.ServeHTTP(httptest.NewRecorder(), r)
		observe.Flush(g.log)
		if !strings.Contains(log.String(), want) || strings.Contains(log.String(), "canary") {
			t.Errorf("%s: %s", headers, log.String())
		}
	}
}
