package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph"
	"census-gateway/graph/limits"
	"census-gateway/internal/notes"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// An answer says when Census sent its oldest part that may still change, and how many seconds
// ago. Finished runs have no age.
func TestAnswerTellsAsOfWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census := sim.New(sim.Options{Empty: true, Now: time.Now})
		addHourlySyncs(census, 2, 400, time.Now())
		client := upstream.New("canary", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport(), PageCache: 64 << 20, Freshness: 10 * time.Second, OnRead: graph.NoteRead})
		h, err := graph.Handler(func(context.Context) *upstream.Client { return client }, graph.Options{Limits: limits.Limits{Introspection: true}})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for _, step := range []struct {
			wait         time.Duration
			query, since string // seconds after began; "" for no age
			age          string
		}{
			{0, "{ __typename }", "", ""},
			{0, "{ sync(id: 1) { runs(first: 300) { totalCount } } }", "0", "0"},
			{4500 * time.Millisecond, "{ sync(id: 1) { latestRun { id } } }", "0", "4"},
			{0, "{ sync(id: 2) { latestRun { id } } }", "4.5", "0"},
			{0, "{ a: sync(id: 1) { latestRun { id } } b: sync(id: 2) { latestRun { id } } }", "0", "4"},
			{7 * time.Second, "{ sync(id: 1) { runs(first: 300) { totalCount } } }", "11.5", "0"}, // all runs but those of the head have finished
		} {
			time.Sleep(step.wait)
			body, _ := json.Marshal(map[string]any{"query": step.query})
			ctx, _ := notes.With(t.Context())
			r := httptest.NewRequest("POST", "/graphql", strings.NewReader(string(body))).WithContext(ctx)
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Census-Cost", "1")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			var a struct {
				Extensions struct{ Census struct{ AsOf *time.Time } }
			}
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil {
				t.Fatal(err)
			}
			since := ""
			if at := a.Extensions.Census.AsOf; at != nil {
				since = fmt.Sprint(at.Sub(began).Seconds())
			}
			if since != step.since || w.Header().Get("Age") != step.age {
				t.Errorf("%s: as of %q, want %q; Age %q, want %q", step.query, since, step.since, w.Header().Get("Age"), step.age)
			}
		}
	})
}
