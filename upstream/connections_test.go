package upstream

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/census"
	"census-gateway/upstream/sim"
)

func TestConnections(t *testing.T) {
	server, client := newCensusOf(baseV1, sim.Options{})
	sources, err := client.Connections(t.Context(), Sources)
	checkVerdict(t, err, "ok")
	destinations, err := client.Connections(t.Context(), Destinations)
	checkVerdict(t, err, "ok")
	for _, c := range []struct {
		all        map[int64]census.Connection
		n          int
		id         int64
		name, kind string
	}{
		{sources, 5, 11, "Snowflake", "snowflake"},
		{sources, 5, 13, "Finance Redshift", "redshift"}, // its label, not "Redshift - acme-finance.us-east-1"
		{destinations, 12, 301, "Salesforce", "salesforce"},
	} {
		got := c.all[c.id]
		if len(c.all) != c.n || got.ID != c.id || *got.Name != c.name || *got.Type != c.kind {
			t.Errorf("%d is %+v, of %d", c.id, got, len(c.all))
		}
	}
	want := []string{"GET /sources?order=desc&page=1&per_page=100", "GET /destinations?order=desc&page=1&per_page=100"}
	if diff := cmp.Diff(want, server.Calls()); diff != "" {
		t.Error(diff)
	}
}

// However Census orders, counts or dates them, all connections are read, each page once.
func TestConnectionsOfSeveralPages(t *testing.T) {
	for _, c := range []struct {
		name  string
		opt   sim.Options
		fault *sim.Fault
		calls int
	}{
		{"as documented", sim.Options{}, nil, 3},
		{"without pagination", sim.Options{NoPagination: true}, nil, 4},
		{"without dates, as in 2023", sim.Options{}, &sim.Fault{Do: sim.Field("created_at", "null")}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			census, client := newCensusOf(baseV1, c.opt)
			for i := range 245 {
				census.AddSource(fmt.Sprint("warehouse ", i))
			}
			if c.fault != nil {
				census.Inject(*c.fault)
			}
			all, err := client.Connections(t.Context(), Sources)
			checkVerdict(t, err, "ok")
			if got := all[16+244]; len(all) != 250 || got.ID == 0 || *got.Name != "warehouse 244" {
				t.Errorf("%d sources, the last is %+v", len(all), got)
			}
			if n := len(census.Calls()); n != c.calls {
				t.Errorf("%d calls, want %d: %q", n, c.calls, census.Calls())
			}
		})
	}
}

func TestConnectionNames(t *testing.T) {
	name := func(s string) *string { return &s }
	for _, c := range []struct {
		data string
		want census.Connection
	}{
		{`{"id":4,"name":"Snowflake - x.us-east-1","label":"Acme","type":"snowflake"}`, census.Connection{ID: 4, Name: name("Acme"), Type: name("snowflake")}},
		{`{"label":"","id":"4","name":"a"}`, census.Connection{ID: 4, Name: name("a")}},
		{`{"label":null,"id":4,"name":null,"type":null}`, census.Connection{ID: 4}},
		{`{"id":4,"connection_details":{"name":"b","label":"c","type":"d","id":5},"last_test_results":{"name":"e"}}`, census.Connection{ID: 4}},
		{`{"id":4,"name":{"host":"b"},"type":["c"],"label":7}`, census.Connection{ID: 4, Name: name("7")}},
	} {
		got, err := census.DecodeOne[census.Connection](`{"data":` + c.data + `}`)
		if err != nil {
			t.Errorf("%s: %v", c.data, err)
			continue
		}
		if diff := cmp.Diff(c.want, *got, cmp.AllowUnexported(census.Connection{})); diff != "" {
			t.Errorf("%s: %s", c.data, diff)
		}
	}
}

// Connections are cached like syncs: for six times the freshness, per token, and for a minute
// more while Census fails.
func TestConnectionsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client, _ := newCachingClient(1, 5*time.Second)
		ask := func(c *Client, known bool, calls int) {
			t.Helper()
			census.ResetCalls()
			all, err := c.Connections(t.Context(), Sources)
			checkVerdict(t, err, "ok")
			if n := len(census.Calls()); all[11].ID == 0 || (all[16].ID != 0) != known || n != calls {
				t.Errorf("%d sources by %d calls, want %d; the new one is %+v", len(all), n, calls, all[16])
			}
		}
		ask(client, false, 1)
		census.AddSource("new")
		time.Sleep(29 * time.Second)
		ask(client, false, 0)
		ask(client.WithToken("two"), true, 1)
		time.Sleep(time.Second)
		ask(client, true, 1)
		remove := census.Inject(sim.Fault{Match: sim.Path("/sources"), Do: sim.HTML(503)})
		time.Sleep(89 * time.Second)
		ask(client, true, 3)
		time.Sleep(time.Second)
		_, err := client.Connections(t.Context(), Sources)
		checkVerdict(t, err, "unavailable")
		remove()
	})
}
