package e2e

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// While Census fails, cached data is served as stale, with its time, to callers who have read it
// before. When Census answers again, the gateway calls it again, and does not serve data that
// Census no longer allows.
func TestOutage(t *testing.T) {
	t.Parallel()
	const query = `{syncs{nodes{id label latestRun{id outcome}}}}`
	for name, do := range map[string]sim.Effect{"down": sim.HTML(503), "limiting": sim.Throttle("86400"), "closed": sim.Close()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCensus(t, sim.Options{Empty: true})
			c.fill(3, 5)
			g := start(t, "CENSUS_BASE_URL="+c.url, "GATEWAY_PASS_THROUGH=true", "GATEWAY_FRESHNESS=100ms")
			ask := func(token string) (a answer, census map[string]any) {
				t.Helper()
				a = g.query(t, query, nil, "Authorization", "Bearer secret-token:"+token)
				var says struct {
					Extensions struct{ Census map[string]any }
				}
				json.Unmarshal([]byte(a.body), &says)
				return a, says.Extensions.Census
			}
			began := time.Now()
			before, census := ask("alpha")
			if before.code() != "" || census != nil || !strings.Contains(before.body, "SUCCEEDED") {
				t.Fatalf("%d %s", before.status, before.body)
			}
			read := time.Now()
			time.Sleep(700 * time.Millisecond) // more than the freshness
			heal := c.Inject(sim.Fault{Do: do})
			for range 3 {
				a, census := ask("alpha")
				asOf, err := time.Parse(time.RFC3339, textOf(census["asOf"]))
				if a.code() != "" || string(a.Data) != string(before.Data) || census["stale"] != true || err != nil ||
					asOf.Before(began.Truncate(time.Millisecond)) || asOf.After(read) || a.header.Get("Cache-Control") != "no-store" {
					t.Errorf("stale: %d %s %v: %s", a.status, census, a.header, a.body)
				}
			}
			if a, _ := ask("beta"); a.code() == "" || strings.Contains(a.body, "SUCCEEDED") {
				t.Errorf("another's: %s", a.body)
			}
			heal()
			if name == "limiting" { // the pause takes a minute
				return
			}
			time.Sleep(700 * time.Millisecond)
			if a, census := ask("alpha"); a.code() != "" || census != nil {
				t.Errorf("healed: %s", a.body)
			}
			heal = c.Inject(sim.Fault{Do: sim.JSON(401, "{}")})
			time.Sleep(700 * time.Millisecond)
			if a, _ := ask("alpha"); a.code() != "UNAUTHENTICATED" {
				t.Errorf("rejected: %s", a.body)
			}
			heal()
			c.Inject(sim.Fault{Do: do})
			if a, _ := ask("alpha"); a.code() != "UPSTREAM_UNAVAILABLE" || strings.Contains(a.body, "SUCCEEDED") {
				t.Errorf("rejected before: %s", a.body)
			}
		})
	}
}

func textOf(v any) string { s, _ := v.(string); return s }

// With GATEWAY_STALE=0s, no stale data is served.
func TestStaleOff(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Empty: true})
	c.fill(3, 5)
	g := start(t, c.settings("GATEWAY_FRESHNESS=100ms", "GATEWAY_STALE=0s")...)
	const query = `{syncs{nodes{id label latestRun{id}}}}`
	if a := g.query(t, query, nil); a.code() != "" {
		t.Fatal(a.body)
	}
	time.Sleep(700 * time.Millisecond)
	c.Inject(sim.Fault{Do: sim.HTML(503)})
	if a := g.query(t, query, nil); a.code() != "UPSTREAM_UNAVAILABLE" || strings.Contains(a.body, "stale") {
		t.Errorf("%s", a.body)
	}
}
