package transport_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

func TestStatusAndShape(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	tests := []struct {
		name, body      string
		graphql, asJSON int // status by media type
		code            string
		data            string // "" if the answer has no data key
	}{
		{"data", `{"query":"{hello}"}`, 200, 200, "", `{"hello":"world"}`},
		{"nulls", `{"query":"{hello}","variables":null,"operationName":null,"extensions":null}`, 200, 200, "", `{"hello":"world"}`},
		{"unknown parameter", `{"query":"{hello}","id":7,"payload":{"a":[1]}}`, 200, 200, "", `{"hello":"world"}`},
		{"space around", " \r\n{\"query\":\"{hello}\"}\n\t", 200, 200, "", `{"hello":"world"}`},
		{"null field", `{"query":"{broken hello}"}`, 200, 200, "INTERNAL_SERVER_ERROR", `{"broken":null,"hello":"world"}`},
		{"null data", `{"query":"{brokenRequired}"}`, 200, 200, "INTERNAL_SERVER_ERROR", `null`},
		{"panic", `{"query":"{boom hello}"}`, 200, 200, "INTERNAL_SERVER_ERROR", `{"boom":null,"hello":"world"}`},
		{"mutation", `{"query":"mutation{touch(filter:{ids:[\"7\"]}){id}}"}`, 200, 200, "", `{"touch":{"id":"7"}}`},
		{"parse", `{"query":"{"}`, 400, 200, "GRAPHQL_PARSE_FAILED", ""},
		{"token limit", bodyOf("{"+strings.Repeat(" hello", 3000)+"}", nil), 400, 200, "GRAPHQL_PARSE_FAILED", ""},
		{"validation", `{"query":"{nothing}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"no operation", `{"query":"fragment F on Query{hello}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"which operation", `{"query":"query A{hello} query B{hello}"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"no such operation", `{"query":"query A{hello}","operationName":"B"}`, 400, 200, "GRAPHQL_VALIDATION_FAILED", ""},
		{"variable", `{"query":"query($t:String!){echo(text:$t)}","variables":{"t":true}}`, 400, 200, "BAD_USER_INPUT", ""},
		{"variable missing", `{"query":"query($t:String!){echo(text:$t)}"}`, 400, 200, "BAD_USER_INPUT", ""},
		{"persisted", `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, 400, 200, "PERSISTED_QUERY_NOT_FOUND", ""},
		{"unknown id", `{"documentId":"abc"}`, 400, 200, "PERSISTED_QUERY_NOT_FOUND", ""},
		{"subscription", `{"query":"subscription{ticks}"}`, 406, 406, "BAD_REQUEST", ""},
		{"id and query", `{"query":"{hello}","documentId":"abc"}`, 400, 400, "BAD_REQUEST", ""},
		{"empty", ``, 400, 400, "BAD_REQUEST", ""},
		{"no query", `{"qeury":"{hello}"}`, 400, 400, "BAD_REQUEST", ""},
		{"name in other case", `{"Query":"{hello}"}`, 400, 400, "BAD_REQUEST", ""},
		{"query number", `{"query":7}`, 400, 400, "BAD_REQUEST", ""},
		{"variables list", `{"query":"{hello}","variables":[]}`, 400, 400, "BAD_REQUEST", ""},
		{"extensions text", `{"query":"{hello}","extensions":"{}"}`, 400, 400, "BAD_REQUEST", ""},
		{"operationName object", `{"query":"{hello}","operationName":{}}`, 400, 400, "BAD_REQUEST", ""},
		{"scalar", `"{hello}"`, 400, 400, "BAD_REQUEST", ""},
		{"long document", bodyOf("#"+strings.Repeat("x", 64<<10), nil), 413, 413, "PAYLOAD_TOO_LARGE", ""},
	}
	for _, test := range tests {
		for accept, status := range map[string]int{asGraphQL: test.graphql, asJSON: test.asJSON} {
			a := post(t, srv.URL, accept, test.body)
			if a.status != status || a.code() != test.code || string(a.data) != test.data {
				t.Errorf("%s as %s: got %d %s data %s\nwant %d %s data %s\n%s", test.name, accept,
					a.status, a.code(), a.data, status, test.code, test.data, a.body)
			}
			if got, want := a.header.Get("Content-Type"), accept+"; charset=utf-8"; got != want {
				t.Errorf("%s: Content-Type is %q, want %q", test.name, got, want)
			}
			if a.header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s: no nosniff", test.name)
			}
			if a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) {
				t.Errorf("%s: Content-Length is %s for %d bytes", test.name, a.header.Get("Content-Length"), len(a.body))
			}
		}
	}
}

func TestMessages(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	tests := []struct{ body, message string }{
		{`{"query":"mutation M($f:Filter!){touch(filter:$f){id}}","operationName":"M","variables":{"f":{"ids":["1",null]}}}`,
			"$f.ids[1]: cannot be null"},
		{`{"query":"query A{hello} query B{hello}"}`, "the document has several operations; name one in operationName"},
		{`{"query":"{broken}"}`, "internal server error"},
		{`{"query":"{items(n:101){id}}"}`, "n must be 0 to 100"},
		{"{\"query\":\"{item{id\u00a0name}}\"}", "Cannot parse the unexpected character U+00A0 (a no-break space)."},
		{`{"query":"{item{id?}}"}`, `Cannot parse the unexpected character "?".`},
		{`[{"query":"{hello}"},{"query":"{hello}"}]`, "batches are not supported; send one operation in each request"},
		{`{"query":"{hello}"}{"query":"{hello}"}`, "the request has data after its JSON value"},
		{`{"query":"{hello}","query":"{boom}"}`, "query is given twice"},
		{`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`, "PersistedQueryNotFound"},
	}
	for _, test := range tests {
		a := post(t, srv.URL, asGraphQL, test.body)
		if len(a.errors) != 1 || a.errors[0].Message != test.message {
			t.Errorf("%s\ngot  %s\nwant %q", test.body, a.body, test.message)
		}
	}
}

func TestErrorsAreBounded(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	var q strings.Builder
	q.WriteString("{")
	for i := range 500 {
		q.WriteString(" nothing" + strconv.Itoa(i))
	}
	q.WriteString("}")
	a := ask(t, srv.URL, q.String())
	if len(a.errors) != 20 || a.status != 400 || !strings.HasSuffix(a.body, `,"extensions":{"errorsOmitted":480}}`) {
		t.Errorf("%d errors, status %d; want 20 and 400: %s", len(a.errors), a.status, a.body)
	}
	a = ask(t, srv.URL, "{"+strings.Repeat("n", 50_000)+"}")
	if n := len([]rune(a.errors[0].Message)); n != 300 {
		t.Errorf("a message of %d characters", n)
	}
}

func TestGet(t *testing.T) {
	touched := false
	srv := newServer(t, &testschema.Resolver{Touched: func() { touched = true }}, transport.Options{MaxBody: 4096})
	q := url.QueryEscape
	tests := []struct {
		name, params string
		status       int
		code, data   string
	}{
		{"query", "query={hello}", 200, "", `{"hello":"world"}`},
		{"variables", "query=" + q("query($t:String!){echo(text:$t)}") + "&variables=" + q(`{"t":"<é>"}`) + "&extensions={}", 200, "", `{"echo":"<é>"}`},
		{"empty ones", "query={hello}&variables=&extensions=&operationName=", 200, "", `{"hello":"world"}`},
		{"null", "query={hello}&variables=null", 200, "", `{"hello":"world"}`},
		{"name", "query=" + q("query A{hello} query B{item{id}}") + "&operationName=B", 200, "", `{"item":{"id":"0"}}`},
		{"nothing", "", 400, "BAD_REQUEST", ""},
		{"twice", "query={hello}&query={hello}", 400, "BAD_REQUEST", ""},
		{"bad escape", "query=%zz", 400, "BAD_REQUEST", ""},
		{"not UTF-8", "query=%ff", 400, "BAD_REQUEST", ""},
		{"variables not UTF-8", "query={hello}&variables=%ff", 400, "BAD_REQUEST", ""},
		{"variables list", "query={hello}&variables=[]", 400, "BAD_REQUEST", ""},
		{"variables cut", "query={hello}&variables={", 400, "BAD_REQUEST", ""},
		{"variables and more", "query={hello}&variables={}{}", 400, "BAD_REQUEST", ""},
		{"long", "query=" + strings.Repeat("x", 4096), 414, "PAYLOAD_TOO_LARGE", ""},
		{"subscription", "query=subscription{ticks}", 406, "BAD_REQUEST", ""},
		{"mutation", "query=" + q(`mutation{touch(filter:{ids:["1"]}){id}}`), 405, "BAD_REQUEST", ""},
		{"mutation by name", "operationName=M&query=" + q(`query Q{hello} mutation M{touch(filter:{ids:["1"]}){id}}`), 405, "BAD_REQUEST", ""},
	}
	for _, test := range tests {
		a := send(t, "GET", srv.URL+"?"+strings.ReplaceAll(test.params, "{hello}", "%7Bhello%7D"), nil, "Accept", asGraphQL)
		if a.status != test.status || a.code() != test.code || string(a.data) != test.data {
			t.Errorf("%s: got %d %s %s", test.name, a.status, a.code(), a.body)
		}
		if a.status == 405 && a.header.Get("Allow") != "POST" {
			t.Errorf("%s: Allow is %q", test.name, a.header.Get("Allow"))
		}
	}
	if touched {
		t.Error("a mutation was executed")
	}
	for _, upgrade := range []string{"websocket", "h2c"} {
		if a := send(t, "GET", srv.URL+"?query=%7Bhello%7D", nil, "Accept", asGraphQL, "Upgrade", upgrade, "Connection", "Upgrade"); a.status != 200 {
			t.Errorf("Upgrade: %s: %d %s", upgrade, a.status, a.body)
		}
	}
	head := send(t, "HEAD", srv.URL+"?query=%7Bhello%7D", nil)
	if head.status != 200 || head.body != "" || head.header.Get("Content-Length") == "" {
		t.Errorf("HEAD: %+v", head)
	}
}
