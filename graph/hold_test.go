package graph

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"census-gateway/graph/limits"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// An answer without room is rejected while it is made, for every kind of execution and for each
// deferred part. With room, Hold was called with at least the size of the answer.
func TestRoomForAnswers(t *testing.T) {
	census := sim.New(sim.Options{Seed: 1})
	client := upstream.New("token", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 64 << 20, Freshness: time.Hour})
	var room, reported atomic.Int64
	h, err := Handler(func(context.Context) *upstream.Client { return client }, Options{Limits: limits.Limits{Introspection: true},
		Hold: func(_ context.Context, bytes int) bool {
			for was := reported.Load(); int64(bytes) > was && !reported.CompareAndSwap(was, int64(bytes)); was = reported.Load() {
			}
			return int64(bytes) <= room.Load()
		}})
	if err != nil {
		t.Fatal(err)
	}
	const many = "runs(first: 1000) { nodes { id status outcome createdAt updatedAt completedAt errorMessage recordsProcessed recordsUpdated } }"
	for name, c := range map[string]struct {
		query string
		parts bool
	}{
		"writes itself":          {"{ sync(id: 52) { " + many + " } }", false},
		"has many that do":       {"{ sync(id: 999999) { label } a: sync(id: 52) { " + many + " } b: sync(id: 53) { " + many + " } }", false},
		"is executed as it is":   {"{ __schema { types { name description fields { name description args { name description } type { name ofType { name } } } } } }", false},
		"has a part that is all": {"{ sync(id: 52) { id ... @defer { " + many + " } } }", true},
	} {
		ask := func(bytes int64) (*httptest.ResponseRecorder, *notes.Notes) {
			room.Store(bytes)
			reported.Store(0)
			body, err := json.Marshal(map[string]string{"query": c.query})
			if err != nil {
				t.Fatal(err)
			}
			r := httptest.NewRequest("POST", "/graphql", strings.NewReader(string(body)))
			r.Header.Set("Content-Type", "application/json")
			if c.parts {
				r.Header.Set("Accept", "multipart/mixed;deferSpec=20220824, application/json")
			}
			ctx, record := notes.With(r.Context())
			rec := httptest.NewRecorder()
			h.ServeHTTP(rec, r.WithContext(ctx))
			return rec, record
		}
		whole, _ := ask(1 << 30)
		length := int64(whole.Body.Len())
		if whole.Code != 200 || strings.Contains(whole.Body.String(), "OVERLOADED") || reported.Load() < length*9/10 || reported.Load() > 2*length {
			t.Errorf("%s: %d, %d bytes, reported %d", name, whole.Code, length, reported.Load())
		}
		refused, record := ask(length / 2)
		if !strings.Contains(refused.Body.String(), `"extensions":{"code":"OVERLOADED","retryAfterSeconds":1}`) || refused.Body.Len() > 4<<10 || !slices.Contains(record.Codes, "OVERLOADED") {
			t.Errorf("%s: %d bytes, codes %v: %.500s", name, refused.Body.Len(), record.Codes, refused.Body)
		}
		if first := !c.parts && name != "has many that do"; first && (refused.Code != 503 || refused.Header().Get("Retry-After") != "1") {
			t.Errorf("%s: %d %v", name, refused.Code, refused.Header())
		}
		if c.parts && (refused.Code != 200 || !strings.Contains(refused.Body.String(), `"hasNext":false}`)) {
			t.Errorf("%s: %d %s", name, refused.Code, refused.Body)
		}
	}
}
