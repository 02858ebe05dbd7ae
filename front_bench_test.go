package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A sink discards an answer as cheaply as possible.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(status int)      { s.status = status }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// BenchmarkRequest measures one request through every layer, without net/http's server around
// them. Typename measures the front door alone ({ __typename }), and the Kept cases measure an
// answer from memory.
func BenchmarkRequest(b *testing.B) {
	const typename = `{"query":"{ __typename }"}`
	const runs = `{"query":"query Runs($id: ID!) { sync(id: $id) { id label runs(first: 100) { edges { cursor node { id status createdAt } } } } }","variables":{"id":"52"}}`
	for _, c := range []struct{ name, body, answers string }{
		{"Typename", typename, "0"}, {"TypenameKept", typename, "64000000"}, {"Runs", runs, "0"}, {"RunsKept", runs, "64000000"},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := handlerFor(b, "--answer-cache", c.answers, "--freshness", "1h")
			w := &sink{header: http.Header{}}
			body := strings.NewReader(c.body)
			r := httptest.NewRequest("POST", "http://localhost/graphql", body)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept", "application/json")
			r.Body = io.NopCloser(body)
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(c.body)
				clear(w.header)
				h.ServeHTTP(w, r)
			}
			if w.status != http.StatusOK {
				b.Fatalf("status %d", w.status)
			}
		})
	}
}
