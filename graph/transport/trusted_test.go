package transport_test

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/documents"
	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

func TestTrustedDocuments(t *testing.T) {
	path := filepath.Join(t.TempDir(), "documents.json")
	if err := os.WriteFile(path, []byte(`{"echo-1":"query($t:String!){echo(text:$t)}"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	trusted, err := documents.LoadTrusted(path)
	if err != nil {
		t.Fatal(err)
	}
	srv := handler.New(testschema.New(&testschema.Resolver{}))
	srv.Use(documents.Persisted{Trusted: trusted, RequireTrusted: true})
	transport.Add(srv, transport.Options{})
	at := serve(t, srv)

	const variables = `{"t":"hi"}`
	for name, a := range map[string]answer{
		"POST": post(t, at, asGraphQL, `{"documentId":"echo-1","variables":`+variables+`}`),
		"GET":  send(t, "GET", at+"?documentId=echo-1&variables="+url.QueryEscape(variables), nil),
		"hash": post(t, at, asGraphQL, `{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"echo-1"}},"variables":`+variables+`}`),
	} {
		if a.status != 200 || string(a.data) != `{"echo":"hi"}` {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := ask(t, at, "{hello}"); a.status != 403 || a.code() != "FORBIDDEN" {
		t.Errorf("free text: %d %s", a.status, a.body)
	}
	if a := post(t, at, asGraphQL, `{"documentId":"echo-2"}`); a.status != 400 || a.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("unknown id: %d %s", a.status, a.body)
	}
}

// One extension rejects with a documented code, another with gqlgen's code for it.
func TestRefusedByExtension(t *testing.T) {
	h := newHandler(&testschema.Resolver{}, transport.Options{})
	h.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
		code := "COMPLEXITY_LIMIT_EXCEEDED"
		if graphql.GetOperationContext(ctx).Operation.Name == "Busy" {
			code = "OVERLOADED"
		}
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{{
			Message: "not now", Extensions: map[string]any{"code": code, "retryAfterSeconds": 1.5},
		}}})
	})
	at := serve(t, h)
	if a := ask(t, at, "query Busy{hello}"); a.status != 503 || a.code() != "OVERLOADED" || a.header.Get("Retry-After") != "2" {
		t.Errorf("%d %v %s", a.status, a.header, a.body)
	}
	if a := ask(t, at, "{hello}"); a.status != 400 || a.code() != "QUERY_TOO_EXPENSIVE" {
		t.Errorf("%d %s", a.status, a.body)
	}
}
