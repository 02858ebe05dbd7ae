package graph_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

const names = `source { connectionName connectionType } destination { connectionName connectionType }`

// The secrets that Census sends with connections do not appear in answers or in the log, even if
// the lists cannot be read.
func TestNamesRevealNoSecrets(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault sim.Effect
		shows string
	}{
		{"honest", sim.Delay(0), `"connectionName": "Snowflake"`},
		{"no dates", sim.Field("created_at", "null"), `"connectionName": "Snowflake"`},
		{"names that are objects", sim.Field("name", `{"host":"connection_canary"}`), `"connectionType": "snowflake"`},
		{"cut", sim.Cut(900), "UPSTREAM_UNAVAILABLE"},
		{"no ids", sim.Field("id", "null"), "UPSTREAM_BAD_RESPONSE"},
		{"ids that are text", sim.Field("id", `"connection_canary"`), "UPSTREAM_BAD_RESPONSE"},
	} {
		synctest.Test(t, func(t *testing.T) {
			census := sim.New(sim.Options{})
			for _, path := range []string{"/sources", "/destinations"} {
				census.Inject(sim.Fault{Match: sim.Path(path), Do: c.fault})
			}
			var log bytes.Buffer
			client := upstream.New("t", upstream.Options{BaseURL: sim.Base(), Transport: census.Transport()})
			h, err := graph.Handler(func(context.Context) *upstream.Client { return client },
				graph.Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
			if err != nil {
				t.Fatal(err)
			}
			answer := post(t, h, "{ syncs(first: 50) { nodes { label "+names+" } } }", "{}")
			if !strings.Contains(answer, c.shows) || !strings.Contains(answer, "Accounts → Salesforce") {
				t.Errorf("%s: no %s in %.500s", c.name, c.shows, answer)
			}
			for where, text := range map[string]string{"the answer": answer, "the log": log.String()} {
				if i := strings.Index(text, "canary"); i >= 0 {
					t.Errorf("%s: in %s: %.200s", c.name, where, text[max(0, i-100):])
				}
			}
		})
	}
}

// The record of a sync and the lists of both sides are read concurrently.
func TestNamesAreReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serveBy(upstream.Options{BaseURL: baseV1}, sim.Options{}) // on V2 the record of the sync decides which lists are needed
		census.Inject(sim.Fault{Do: sim.Delay(time.Second)})
		began := time.Now()
		if answer := post(t, h, "{ sync(id: 52) { "+names+" } }", "{}"); !strings.Contains(answer, "Snowflake") || !strings.Contains(answer, "Salesforce") {
			t.Error(answer)
		}
		if took := time.Since(began).Truncate(100 * time.Millisecond); took != time.Second || len(census.Calls()) != 3 {
			t.Errorf("took %s and %q", took, census.Calls())
		}
	})
}

// Names for a thousand syncs are priced at their cost: two pages.
func TestNamesPrice(t *testing.T) {
	h, census := serve(sim.Options{})
	if answer := post(t, h, "{ syncs(first: 1000) { nodes { "+names+" } } }", "{}"); strings.Contains(answer, "errors") || len(census.Calls()) != 3 {
		t.Errorf("%q: %.300s", census.Calls(), answer)
	}
}

// If Census has no such list, as in V2, the error says so.
func TestNamesUnknown(t *testing.T) {
	h, census := serve(sim.Options{})
	for _, list := range []string{"/destinations", "/activations"} { // of V1 and of V2
		census.Inject(sim.Fault{Match: sim.Path(list), Do: sim.JSON(404, `{"status":404}`)})
	}
	answer := post(t, h, "{ sync(id: 52) { label "+names+" } }", "{}")
	for _, want := range []string{`"Census has no API at the address that the gateway asks, so the `, `"UPSTREAM_GONE"`, `"Snowflake"`, `"Accounts → Salesforce"`} {
		if !strings.Contains(answer, want) {
			t.Errorf("no %s in %s", want, answer)
		}
	}
}
