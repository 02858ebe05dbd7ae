package transport_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"

	"census-gateway/graph/documents"
	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

const (
	asJSON    = "application/json"
	asGraphQL = "application/graphql-response+json"
)

// newHandler returns a server for the test schema, set up as a program would.
func newHandler(res *testschema.Resolver, opt transport.Options) *handler.Server {
	es := testschema.New(res)
	srv := handler.New(es)
	srv.SetQueryCache(documents.NewParsed())
	srv.SetParserTokenLimit(2000)
	srv.SetRecoverFunc(transport.Recover(opt.OnPanic))
	srv.Use(documents.Persisted{Automatic: documents.NewTexts(nil)})
	srv.Use(extension.Introspection{})
	transport.Add(srv, opt)
	return srv
}

func newServer(t testing.TB, res *testschema.Resolver, opt transport.Options) *httptest.Server {
	t.Helper()
	return newServerOf(t, newHandler(res, opt))
}

// An answer is a complete response.
type answer struct {
	status int
	header http.Header
	body   string
	errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	data json.RawMessage // nil if the answer has no data key
}

func (a answer) code() string {
	if len(a.errors) == 0 {
		return ""
	}
	c, _ := a.errors[0].Extensions["code"].(string)
	return c
}

// send sends a request with headers given as name, value, ….
func send(t testing.TB, method, url string, body io.Reader, headers ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(text)}
	if strings.Contains(resp.Header.Get("Content-Type"), "json") && len(text) > 0 {
		a.parse(t)
	}
	return a
}

func (a *answer) parse(t testing.TB) {
	t.Helper()
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(a.body), &fields); err != nil {
		t.Fatalf("the answer is not JSON: %v\n%s", err, a.body)
	}
	a.data = fields["data"]
	if raw, ok := fields["errors"]; ok {
		if err := json.Unmarshal(raw, &a.errors); err != nil {
			t.Fatal(err)
		}
	}
	if a.data == nil && len(a.errors) == 0 {
		t.Fatalf("the answer has neither data nor errors: %s", a.body)
	}
	for _, e := range a.errors {
		if c, _ := e.Extensions["code"].(string); c == "" {
			t.Errorf("an error has no code: %s", a.body)
		}
	}
}

// post posts body as JSON with the given Accept header.
func post(t testing.TB, url, accept, body string) answer {
	t.Helper()
	return send(t, "POST", url, strings.NewReader(body), "Content-Type", "application/json", "Accept", accept)
}

// ask posts a query.
func ask(t testing.TB, url, query string) answer {
	t.Helper()
	return post(t, url, asGraphQL, bodyOf(query, nil))
}

func bodyOf(query string, variables map[string]any) string {
	var buf bytes.Buffer
	_ = json.NewEncoder(&buf).Encode(graphql.RawParams{Query: query, Variables: variables})
	return buf.String()
}

// newServerOf serves h until the test ends.
func newServerOf(t testing.TB, h http.Handler) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}
