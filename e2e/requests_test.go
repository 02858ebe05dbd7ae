package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	asJSON    = "application/json"
	asGraphQL = "application/graphql-response+json"
)

// client follows no redirects.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       40 * time.Second,
}

// An answer is a response of the gateway.
type answer struct {
	status           int
	header           http.Header
	body             string
	took             time.Duration
	closesConnection bool // whether it closes its connection
	Data             json.RawMessage
	Errors           []gqlError
}

// A gqlError is one of the errors of an answer.
type gqlError struct {
	Message    string
	Path       []any
	Extensions struct {
		Code, Limit       string
		Allowed, Actual   int
		RetryAfterSeconds int
	}
}

// code returns the code of the first error; "" without errors.
func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	return a.Errors[0].Extensions.Code
}

// body returns the request body for a query with variables; nil: without variables.
func body(query string, variables any) string {
	text, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	return string(text)
}

// query sends a query and accepts the newer media type, with which rejected requests have the
// status 400.
func (g *gateway) query(t testing.TB, query string, variables any, headers ...string) answer {
	t.Helper()
	return g.post(t, body(query, variables), headers...)
}

// post sends a body unchanged.
func (g *gateway) post(t testing.TB, body string, headers ...string) answer {
	t.Helper()
	return g.do(t, "POST", "/graphql", body, append([]string{"Content-Type", asJSON, "Accept", asGraphQL}, headers...)...)
}

// do sends any request. If a header is named twice, the last value is used; "" removes it.
func (g *gateway) do(t testing.TB, method, path, body string, headers ...string) answer {
	t.Helper()
	return do(t, method, "http://"+g.host+path, body, headers...)
}

func do(t testing.TB, method, url, body string, headers ...string) answer {
	t.Helper()
	a, err := send(method, url, body, headers...)
	if err != nil {
		t.Fatalf("%s: %v", method, err)
	}
	a.check(t)
	return a
}

// send is do without checks of the answer, for goroutines other than the test's.
func send(method, url, body string, headers ...string) (a answer, err error) {
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	for i := 0; i < len(headers); i += 2 {
		if req.Header.Del(headers[i]); headers[i] == "Host" {
			req.Host = headers[i+1]
		} else if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return a, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	a = answer{status: resp.StatusCode, header: resp.Header, body: string(text), took: time.Since(began), closesConnection: resp.Close}
	if strings.Contains(a.header.Get("Content-Type"), "json") {
		json.Unmarshal(text, &a)
	}
	return a, err
}

// internals matches texts that must not leave the program: code, addresses, Go's error messages.
var internals = regexp.MustCompile(`goroutine \d|\.go:\d|runtime error|/tmp/|/root/|/home/|127\.0\.0\.1|localhost:|\[::1\]|` +
	`dial tcp|connection re(set|fused)|context (deadline|canceled)|unexpected EOF|net/http|secret-token|0x[0-9a-f]{6}|\*errors\.`)

// documentedCodes returns the codes that docs/operations.md explains.
var documentedCodes = sync.OnceValue(func() []string {
	text, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		panic(err)
	}
	_, section, _ := strings.Cut(string(text), "\n## Errors\n")
	section, _, _ = strings.Cut(section, "\n## ")
	var codes []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z_]+)` \\|").FindAllStringSubmatch(section, -1) {
		codes = append(codes, row[1])
	}
	return codes
})

// maxAnswerTime is the maximum time of any answer on a busy machine. It is much more than an answer
// should take, and much less than a successful attack would cost.
const maxAnswerTime = 10 * time.Second

// check checks properties of every answer.
func (a answer) check(t testing.TB) {
	t.Helper()
	show := a.body[:min(len(a.body), 500)]
	if a.took > maxAnswerTime {
		t.Errorf("took %s: %s", a.took, show)
	}
	if len(a.body) > 100_000 && (a.status >= 400 || len(a.Errors) > 0) {
		t.Errorf("an error response of %d bytes", len(a.body))
	}
	if found := internals.FindString(a.body); found != "" {
		t.Errorf("the answer contains %q: %s", found, show)
	}
	if len(a.Errors) > 20 && len(a.Data) == 0 {
		t.Errorf("%d errors without data", len(a.Errors))
	}
	for _, e := range a.Errors {
		if !slices.Contains(documentedCodes(), e.Extensions.Code) {
			t.Errorf("code %q is not documented: %s", e.Extensions.Code, show)
		}
		if n := len([]rune(e.Message)); n == 0 || n > 300 {
			t.Errorf("a message of %d characters", n)
		}
	}
}

// refused checks that the GraphQL endpoint rejected the request with one of the codes.
func (a answer) refused(t testing.TB, status int, codes ...string) {
	t.Helper()
	if a.status != status || !slices.Contains(codes, a.code()) || len(a.Data) > 0 && string(a.Data) != "null" {
		t.Errorf("got %d %s, want %d %s: %.300s", a.status, a.code(), status, codes, a.body)
	}
}

// answered checks that a has data and no errors.
func (a answer) answered(t testing.TB) {
	t.Helper()
	if a.status != 200 || len(a.Errors) > 0 || len(a.Data) == 0 {
		t.Errorf("not successful: %d %.500s", a.status, a.body)
	}
}
