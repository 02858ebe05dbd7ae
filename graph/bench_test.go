package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A replayTransport answers every call with Census's first answer, so that benchmarks measure the
// gateway and not the simulator.
type replayTransport struct {
	census http.RoundTripper
	known  sync.Map // []byte by URL
	calls  atomic.Int64
}

func (p *replayTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	p.calls.Add(1)
	url := r.URL.String()
	body, ok := p.known.Load(url)
	if !ok {
		resp, err := p.census.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if body, err = io.ReadAll(resp.Body); err != nil {
			return nil, err
		}
		p.known.Store(url, body)
	}
	b := body.([]byte)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Request: r, ContentLength: int64(len(b)), Body: io.NopCloser(bytes.NewReader(b))}, nil
}

const everyField = `id createdAt updatedAt completedAt errorCode errorMessage errorDetail status syncId sourceRecordCount
	recordsFailed sourceRecordUpdates sourceRecordDeletes sourceRecordInvalids recordsInvalid recordsProcessed recordsUpdated
	scheduledExecutionTime fullSync syncTriggerReason { uiTag uiDetail } canceled currentStep`

const tenFields = `id status createdAt completedAt recordsProcessed recordsUpdated recordsFailed recordsInvalid fullSync errorMessage`

// The four workloads of the gateway's benchmark. Besides time and allocations, each reports the
// Census calls of one operation.
func BenchmarkOperation(b *testing.B) {
	census := sim.New(sim.Options{Empty: true, Now: func() time.Time { return now }})
	addSyncs(census, 200)
	for range 300 {
		census.AddRun(1, sim.Run{Tag: "Manual", Detail: "Manually triggered by jim@example.com"})
	}
	ids := json.RawMessage(newestSyncIDs(census, 50))
	for _, w := range []struct {
		name, query string
		variables   any
	}{
		{"Typename", `{ __typename }`, nil},
		{"OneSync100RunsEveryField", `query ($id: ID!) { sync(id: $id) { id label runs(first: 100) { edges { cursor node { ` + everyField + ` } } pageInfo { hasNextPage endCursor } totalCount } } }`, map[string]any{"id": 1}},
		{"50Syncs10Runs10Fields", `query ($ids: [ID!]!) { syncs(ids: $ids, first: 50) { nodes { id label runs(first: 10) { totalCount edges { node { ` + tenFields + ` } } } } } }`, map[string]any{"ids": ids}},
		{"OneSync10Aliases", tenAliases(), nil},
	} {
		b.Run(w.name, func(b *testing.B) {
			transport := &replayTransport{census: census.Transport()}
			client := upstream.New("", upstream.Options{BaseURL: sim.Base(), Transport: transport})
			h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{})
			if err != nil {
				b.Fatal(err)
			}
			body, err := json.Marshal(map[string]any{"query": w.query, "variables": w.variables})
			if err != nil {
				b.Fatal(err)
			}
			ask := func() *httptest.ResponseRecorder {
				r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
				rec := httptest.NewRecorder()
				h.ServeHTTP(rec, r)
				return rec
			}
			if rec := ask(); bytes.Contains(rec.Body.Bytes(), []byte(`"errors"`)) {
				b.Fatal(rec.Body)
			}
			transport.calls.Store(0)
			b.ReportAllocs()
			for b.Loop() {
				ask()
			}
			b.ReportMetric(float64(transport.calls.Load())/float64(b.N), "calls/op")
		})
	}
}

func tenAliases() string {
	var q strings.Builder
	for i := range 10 {
		fmt.Fprintf(&q, "a%d: sync(id: 1) { runs(first: %d) { edges { node { %s } } } } ", i, 1+11*i, tenFields)
	}
	return "{ " + q.String() + "}"
}
