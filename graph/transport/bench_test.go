package transport_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	stock "github.com/99designs/gqlgen/graphql/handler/transport"

	"census-gateway/graph/documents"
	"census-gateway/graph/transport"
	"census-gateway/graph/transport/internal/testschema"
)

// BenchmarkPost compares the transport with gqlgen's, on a short answer, a long one, and one made
// beforehand, which measures the transport alone.
func BenchmarkPost(b *testing.B) {
	es := testschema.New(&testschema.Resolver{})
	made := &graphql.Response{Data: []byte(`{"items":[` + strings.Repeat(`{"id":"1","name":"item 1"},`, 5000) + `{"id":"1","name":"item 1"}]}`)}
	for _, which := range []string{"ours", "stock"} {
		srv := handler.New(es)
		srv.SetQueryCache(documents.NewParsed())
		if which == "ours" {
			transport.Add(srv, transport.Options{})
		} else {
			srv.AddTransport(stock.POST{})
		}
		for _, c := range []struct{ name, query string }{
			{"short", "{hello}"}, {"long", "{items(n:100){id name}}"}, {"made", "query Made{hello}"},
		} {
			if c.name == "made" {
				srv.AroundOperations(func(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
					return graphql.OneShot(made)
				})
			}
			body := bodyOf(c.query, nil)
			b.Run(c.name+"/"+which, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					r := httptest.NewRequest("POST", "/", strings.NewReader(body))
					r.Header.Set("Content-Type", "application/json")
					r.Header.Set("Accept", asGraphQL)
					w := &sink{h: make(http.Header)}
					srv.ServeHTTP(w, r)
					if w.status != 200 && w.status != 0 || w.n == 0 {
						b.Fatal(w.status)
					}
				}
			})
		}
	}
}

// A sink is a response writer that counts bytes.
type sink struct {
	h         http.Header
	status, n int
}

func (s *sink) Header() http.Header         { return s.h }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { s.n += len(p); return len(p), nil }
