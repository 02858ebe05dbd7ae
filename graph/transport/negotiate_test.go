package transport_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

func TestMethods(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"} {
		a := send(t, method, srv.URL, nil)
		if a.status != 405 || a.header.Get("Allow") != "GET, HEAD, POST, OPTIONS" || a.code() != "BAD_REQUEST" {
			t.Errorf("%s: %d %v %s", method, a.status, a.header, a.body)
		}
	}
	a := send(t, "OPTIONS", srv.URL, nil)
	if a.status != 204 || a.header.Get("Allow") != "GET, HEAD, POST, OPTIONS" || a.body != "" {
		t.Errorf("OPTIONS: %d %v", a.status, a.header)
	}
}

func TestAccept(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	tests := []struct {
		accept string
		want   string // "" for 406
	}{
		{"*/*", asJSON},
		{"application/*", asJSON},
		{"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", asJSON},
		{"application/json", asJSON},
		{"Application/JSON;charset=utf-8", asJSON},
		{"application/graphql-response+json", asGraphQL},
		{"application/graphql-response+json, application/json", asGraphQL},
		{"application/json, application/graphql-response+json", asGraphQL},
		{"application/graphql-response+json;q=0.5, application/json;q=0.9", asJSON},
		{"application/graphql-response+json, */*;q=0.1", asGraphQL},
		{"application/json, */*", asJSON},
		{"application/graphql-response+json;q=0, */*", asJSON},
		{"application/json;q=0, */*", asGraphQL},
		{"application/*;q=0.2, application/graphql-response+json;q=0.1", asJSON},
		{`text/plain;a="x,application/json", application/graphql-response+json`, asGraphQL},
		{"multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9", asGraphQL},
		{"multipart/mixed", asJSON},
		{"application/json;q=nonsense", asJSON},
		{"application/json;q=0", ""},
		{"text/html", ""},
		{"multipart/mixed;subscriptionSpec=1.0", asJSON},
		{"multipart/mixed;subscriptionSpec=2.0", ""},
		{"multipart/mixed;incrementalSpec=v0.2", asJSON},
		{"multipart/mixed;incrementalSpec=v0.3", ""},
		{"multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9", asGraphQL},
		{",;,", ""},
	}
	for _, test := range tests {
		a := post(t, srv.URL, test.accept, `{"query":"{hello}"}`)
		switch {
		case test.want == "" && (a.status != 406 || a.code() != "BAD_REQUEST"):
			t.Errorf("%s: %d %s", test.accept, a.status, a.body)
		case test.want != "" && (a.status != 200 || a.header.Get("Content-Type") != test.want+"; charset=utf-8"):
			t.Errorf("%s: %d %s", test.accept, a.status, a.header.Get("Content-Type"))
		}
	}
	a := send(t, "POST", srv.URL, strings.NewReader(`{"query":"{hello}"}`), "Content-Type", "application/json")
	if a.header.Get("Content-Type") != asJSON+"; charset=utf-8" || a.header.Get("Vary") != "Accept" {
		t.Errorf("no Accept: %v", a.header)
	}
}

// A client that reads parts only in an unknown form gets one answer with the deferred fields.
func TestFormsThatAreNotSpoken(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	a := post(t, srv.URL, "multipart/mixed;incrementalSpec=v0.3,application/graphql-response+json,application/json;q=0.9",
		bodyOf(`{item{id ...@defer(label:"x"){slow parent{... @defer{id}}}}}`, nil))
	if want := `{"data":{"item":{"id":"0","slow":"slow 0","parent":{"id":"p"}}}}`; a.body != want || a.header.Get("Content-Type") != asGraphQL+"; charset=utf-8" {
		t.Errorf("got %s as %s, want %s", a.body, a.header.Get("Content-Type"), want)
	}
}

// The Accept header alone decides whether a deferred answer comes in parts.
func TestAcceptParts(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for accept, want := range map[string]bool{
		apolloAccept: true,
		"multipart/mixed;deferSpec=20220824, application/json": true,
		// urql
		"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed": true,
		"multipart/mixed":       true,
		"multipart/mixed;q=0.1": true,
		"multipart/mixed, */*":  true,
		"*/*, multipart/mixed":  true,
		"multipart/mixed;q=0.9, application/json;q=0.9, application/graphql-response+json;q=0.8": true,
		"multipart/mixed;q=0.5, application/json;q=0.4, */*":                                     false,
		"application/json;q=0, multipart/mixed;q=0.2":                                            true,
		"application/json, multipart/mixed;q=0.1":                                                false,
		"multipart/mixed;q=0.9, application/json;q=0.8, application/graphql-response+json":       false,
		"multipart/mixed;q=0, application/json;q=0.5":                                            false,
		"multipart/mixed;deferSpec=20220824;q=0, multipart/mixed, application/json":              false,
		"multipart/mixed, multipart/mixed;q=0;deferSpec=20220824, application/json":              false,
		"multipart/mixed;q=0, multipart/mixed;deferSpec=20220824, application/json":              true,
		"multipart/mixed;deferSpec=20991231, application/json":                                   false,
		"multipart/mixed;deferSpec=20991231;q=0, multipart/mixed, application/json":              true,
		"multipart/mixed;subscriptionSpec=1.0, application/json":                                 false,
		// Apollo Client 4 with its handler for the newer form
		"multipart/mixed;incrementalSpec=v0.2,application/graphql-response+json,application/json;q=0.9": true,
		`multipart/mixed; IncrementalSpec="v0.3", multipart/mixed;q=0.5, application/json;q=0.4`:        true,
		"multipart/mixed;deferSpec=20220824;incrementalSpec=v0.2, application/json":                     false,
		"multipart/mixed;form=other, application/json":                                                  false,
		`multipart/mixed; boundary="graphql"; deferSpec=20220824, application/json`:                     true,
		"multipart/mixed;, application/json":                                                            true,
		"*/*":                                                                                           false,
	} {
		a := post(t, srv.URL, accept, bodyOf(`{item{id ...@defer{slow}}}`, nil))
		if got := strings.HasPrefix(a.header.Get("Content-Type"), "multipart/mixed"); a.status != 200 || got != want {
			t.Errorf("%s: %d %s", accept, a.status, a.header.Get("Content-Type"))
		}
	}
}

func TestContentType(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{})
	for header, status := range map[string]int{
		"application/json":                     200,
		"application/json; charset=utf-8":      200,
		`APPLICATION/JSON; Charset="UTF-8"`:    200,
		"application/json; odata=verbose":      200,
		"application/json; charset=utf-16":     415,
		"application/json; charset=iso-8859-1": 415,
		"application/json; =":                  415,
		"application/jsonp":                    415,
		"application/graphql":                  415,
		"application/graphql-response+json":    415,
		"text/plain":                           415,
		"application/x-www-form-urlencoded":    415,
		"multipart/form-data; boundary=x":      415,
		"application/json, application/json":   415,
		"text/plain; application/json":         415,
		"":                                     415,
	} {
		a := send(t, "POST", srv.URL, strings.NewReader(`{"query":"{hello}"}`), "Content-Type", header)
		if a.status != status {
			t.Errorf("%q: %d, want %d", header, a.status, status)
		}
	}
}

func TestHeadersHook(t *testing.T) {
	srv := newServer(t, &testschema.Resolver{}, transport.Options{
		Headers: func(ctx context.Context, resp *graphql.Response, h http.Header) {
			h.Set("Cache-Control", "private, max-age=5")
			h.Set("X-Operation", string(graphql.GetOperationContext(ctx).Operation.Operation))
		},
	})
	if h := ask(t, srv.URL, "{hello}").header; h.Get("Cache-Control") != "private, max-age=5" || h.Get("X-Operation") != "query" {
		t.Errorf("headers are %v", h)
	}
	if got := ask(t, srv.URL, "{nothing}").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a refusal is %q", got)
	}
}

func TestNotAllowed(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { transport.NotAllowed{}.Do(w, r, nil) })
	for accept, want := range map[string]string{asGraphQL: asGraphQL, asJSON: asJSON, "text/html": asJSON, "": asJSON} {
		w := recordAnswer(h, "DELETE", "/", "", "Accept", accept)
		if w.status != 405 || w.code() != "BAD_REQUEST" || w.header.Get("Content-Type") != want+"; charset=utf-8" {
			t.Errorf("%q: %+v", accept, w)
		}
	}
}
