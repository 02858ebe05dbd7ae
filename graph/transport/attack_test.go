package transport_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// recordAnswer serves one request without a network.
func recordAnswer(h http.Handler, method, target, body string, headers ...string) answer {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), body: w.Body.String()}
	if w.Body.Len() > 0 {
		a.parse(discard{})
	}
	return a
}

// discard is a testing.TB whose failures the caller checks.
type discard struct{ testing.TB }

func (discard) Helper()               {}
func (discard) Errorf(string, ...any) {}
func (discard) Fatalf(format string, args ...any) {
	panic(fmt.Sprintf(format, args...))
}

func TestBodies(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	utf16 := func(s string) string {
		out := "\xff\xfe"
		for _, c := range s {
			out += string([]byte{byte(c), 0})
		}
		return out
	}
	nested := func(open, shut string, n int) string {
		return `{"query":"{hello}","variables":{"a":` + strings.Repeat(open, n) + "1" + strings.Repeat(shut, n) + "}}"
	}
	const good = `{"query":"{hello}"}`
	tests := []struct {
		name, body string
		status     int
		code       string
	}{
		{"invalid UTF-8 in the query", "{\"query\":\"{echo(text:\\\"\xff\\\")}\"}", 400, "BAD_REQUEST"},
		{"invalid UTF-8 in an unknown key", "{\"query\":\"{hello}\",\"\xc3\":1}", 400, "BAD_REQUEST"},
		{"surrogate in UTF-8", "{\"query\":\"{hello}\",\"x\":\"\xed\xa0\x80\"}", 400, "BAD_REQUEST"},
		{"NUL byte", "{\"query\":\"{hello}\x00\"}", 400, "BAD_REQUEST"},
		{"NUL before", "\x00" + good, 400, "BAD_REQUEST"},
		{"NUL escaped in the query", `{"query":"{hello}\u0000"}`, 400, "GRAPHQL_PARSE_FAILED"},
		{"NUL escaped in a variable", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\u0000"}}`, 200, ""},
		{"lone surrogate", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\ud800"}}`, 400, "BAD_REQUEST"},
		{"lone surrogate in the query", `{"query":"{hello}\udc00"}`, 400, "BAD_REQUEST"},
		{"surrogates the wrong way round", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\udc00\ud800"}}`, 400, "BAD_REQUEST"},
		{"a surrogate before another escape", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\ud83d\n\ude00"}}`, 400, "BAD_REQUEST"},
		{"a pair of surrogates", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\ud83d\uDE00"}}`, 200, ""},
		{"a backslash before a u", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":"\\ud83d"}}`, 200, ""},
		{"byte order mark", "\xef\xbb\xbf" + good, 400, "BAD_REQUEST"},
		{"UTF-16", utf16(good), 400, "BAD_REQUEST"},
		{"query twice", `{"query":"{hello}","query":"{hello}"}`, 400, "BAD_REQUEST"},
		{"query twice by escape", `{"query":"{hello}","qu\u0065ry":"{hello}"}`, 400, "BAD_REQUEST"},
		{"variables twice", `{"query":"{hello}","variables":{},"variables":{}}`, 400, "BAD_REQUEST"},
		{"unknown twice", `{"query":"{hello}","x":1,"x":2}`, 200, ""},
		{"trailing object", good + good, 400, "BAD_REQUEST"},
		{"trailing text", good + " x", 400, "BAD_REQUEST"},
		{"trailing brace", good + "}", 400, "BAD_REQUEST"},
		{"trailing comma", `{"query":"{hello}",}`, 400, "BAD_REQUEST"},
		{"cut", `{"query":"{hello}"`, 400, "BAD_REQUEST"},
		{"cut in a string", `{"query":"{hello`, 400, "BAD_REQUEST"},
		{"single quotes", `{'query':'{hello}'}`, 400, "BAD_REQUEST"},
		{"NaN", `{"query":"{hello}","variables":{"a":NaN}}`, 400, "BAD_REQUEST"},
		{"lists 100 deep", nested("[", "]", 98), 200, ""},
		{"lists 101 deep", nested("[", "]", 99), 400, "BAD_REQUEST"},
		{"lists 100 000 deep", nested("[", "]", 100_000), 400, "BAD_REQUEST"},
		{"objects 100 000 deep", nested(`{"a":`, "}", 30_000), 400, "BAD_REQUEST"},
		{"lists never closed", `{"query":"{hello}","variables":` + strings.Repeat("[", 200_000), 400, "BAD_REQUEST"},
		{"selections 1 000 deep", bodyOf(strings.Repeat("{item", 1000)+strings.Repeat("}", 1000), nil), 400, ""},
		{"batch", "[" + strings.Repeat(good+",", 49) + good + "]", 400, "BAD_REQUEST"},
		{"empty batch", "[]", 400, "BAD_REQUEST"},
		{"null", "null", 400, "BAD_REQUEST"},
		{"huge number", `{"query":"{hello}","variables":{"a":1e999999999}}`, 200, ""},
		{"huge number as Int", `{"query":"query($n:Int!){items(n:$n){id}}","variables":{"n":1e999999999}}`, 400, "BAD_USER_INPUT"},
	}
	for _, test := range tests {
		start := time.Now()
		a := post(t, srv.URL, asGraphQL, test.body)
		if a.status != test.status || test.code != "" && a.code() != test.code {
			t.Errorf("%s: %d %s, want %d %s", test.name, a.status, a.body, test.status, test.code)
		}
		if len(a.body) > 10_000 || time.Since(start) > 20*time.Second {
			t.Errorf("%s: %d bytes after %v", test.name, len(a.body), time.Since(start))
		}
	}
}

// TestForgedRequests sends requests that a browser sends across origins without a preflight.
func TestForgedRequests(t *testing.T) {
	touched := false
	srv := newServer(t, &testschema.Resolver{Touched: func() { touched = true }}, transport.Options{})
	body := bodyOf(`mutation{touch(filter:{ids:["1"]}){id}}`, nil)
	for _, header := range []string{
		"text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "",
	} {
		headers := []string{"Origin", "https://evil.example"}
		if header != "" {
			headers = append(headers, "Content-Type", header)
		}
		if a := send(t, "POST", srv.URL, strings.NewReader(body), headers...); a.status != 415 || a.code() != "BAD_REQUEST" {
			t.Errorf("%q: %d %s", header, a.status, a.body)
		}
	}
	if touched {
		t.Error("a mutation was executed")
	}
}

// TestReflection checks that a browser does not show a reflected request as a page.
func TestReflection(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	const script = `<script>alert(1)</script>`
	for name, a := range map[string]answer{
		"GET":        send(t, "GET", srv.URL+"?query="+url.QueryEscape(script), nil, "Accept", "text/html,*/*;q=0.8"),
		"GET echo":   send(t, "GET", srv.URL+"?query="+url.QueryEscape(`{echo(text:"`+script+`") `+"}"), nil, "Accept", "*/*"),
		"GET field":  send(t, "GET", srv.URL+"?query="+url.QueryEscape(`{script(a:"`+script+`")}`), nil),
		"POST":       post(t, srv.URL, asJSON, script),
		"POST query": post(t, srv.URL, asJSON, bodyOf(script, nil)),
		"variable":   post(t, srv.URL, asJSON, bodyOf(`query($k:Kind!){node(kind:$k){id}}`, map[string]any{"k": script})),
		"name":       post(t, srv.URL, asJSON, `{"query":"{hello}","operationName":"`+script+`"}`),
		"only html":  send(t, "GET", srv.URL+"?query="+url.QueryEscape(script), nil, "Accept", "text/html"),
	} {
		if !strings.HasPrefix(a.header.Get("Content-Type"), "application/") || a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", name, a.header)
		}
		if name != "GET echo" && strings.Contains(a.body, "<script>") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	for _, body := range []string{"CANARY", `{"CANARY"`, `{"query":"{hello}"}CANARY`, `{"query":"{hello}","variables":"CANARY"}`, `["CANARY"]`, `{"query":["CANARY"]}`} {
		if a := post(t, srv.URL, asJSON, body); a.status != 400 || strings.Contains(a.body, "CANARY") {
			t.Errorf("%s comes back: %d %s", body, a.status, a.body)
		}
	}
}
