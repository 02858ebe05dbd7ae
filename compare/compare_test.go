package compare

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// noon is the time in the tests.
var noon = time.Date(2026, 12, 4, 12, 23, 45, 678e6, time.UTC)

func options(census *sim.Census) Options {
	return Options{
		V1:    API{Base: "http://census.test/api/v1", Token: "key", Transport: census.Transport()},
		V2:    API{Base: "http://census.test/api/v2", Token: "pat", Transport: census.Transport()},
		Syncs: 10,
	}
}

func run(t *testing.T, opt Options) (*Report, string) {
	t.Helper()
	r, err := Compare(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	r.Write(&out)
	return r, out.String()
}

func TestSafe(t *testing.T) {
	for _, naming := range sim.Namings {
		census := sim.New(sim.Options{Seed: 1, Token: "key", PersonalToken: "pat", Now: func() time.Time { return noon }, V2: sim.V2{Naming: naming, NoSourceID: naming == sim.NamedOnSync}})
		opt := options(census)
		r, out := run(t, opt)
		if reasons := r.Safe(); reasons != nil || r.V1 != 48 || r.V2 != 48 || r.Runs.Syncs != 10 || r.Runs.Runs < 100 {
			t.Errorf("naming %d: %q: %s", naming, reasons, out)
		}
		for _, secret := range []string{"connection_canary", "sql_canary", "column_canary", "Salesforce", "example.com", "pat\n"} {
			if strings.Contains(out, secret) {
				t.Errorf("the report contains %q", secret)
			}
		}
		for _, want := range []string{"\nsync (48)\n", "source_attributes.object.columns[].name: string", "\nsource (5)\n  connection_details: object", "\nactivation (", "destination.id: integer", "completed_at: null|string"} {
			if !strings.Contains(out, want) {
				t.Errorf("naming %d: the report lacks %q:\n%s", naming, want, out)
			}
		}
	}
}

// V2 shows more syncs than V1, until groups exclude them.
func TestV2ShowsMoreSyncs(t *testing.T) {
	census := sim.New(sim.Options{Seed: 1, Elsewhere: 3, Now: func() time.Time { return noon }})
	r, out := run(t, options(census))
	if !slices.Equal(r.Added, []string{"89", "90", "91"}) || len(r.Missing) != 0 || len(r.Safe()) != 1 || !strings.Contains(out, "Served on V2, not on V1: 89, 90, 91 (3).") {
		t.Errorf("%q: %s", r.Safe(), out)
	}
	opt := options(census)
	opt.Groups = []string{"wandering_aimlessly", "abundant_giraffe"}
	r, out = run(t, opt)
	if len(r.Added) != 0 || !strings.Contains(out, "faithful_otter: 3 syncs, would not be served") {
		t.Errorf("with groups: %s", out)
	}
	if reasons := r.Safe(); reasons != nil {
		t.Errorf("with groups: %q", reasons)
	}
	opt.Groups = opt.Groups[:1]
	r, out = run(t, opt)
	if want := []string{"47", "53", "69", "80", "85", "87", "88"}; !slices.Equal(r.Missing, want) || !slices.Equal(r.Hidden, want) {
		t.Errorf("with one group: missing %q, hidden %q: %s", r.Missing, r.Hidden, out)
	}
}

// V2 differs in ways that a gateway's clients would notice.
func TestDifferences(t *testing.T) {
	v2 := func(path string) func(*http.Request) bool {
		return func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/v2"+path) }
	}
	for name, test := range map[string]struct {
		fault  sim.Fault
		reason string
		shown  string
	}{
		"a count":      {sim.Fault{Match: v2("/syncs/"), Do: sim.Field("records_updated", "7")}, "differences between runs", "records_updated differs (V1 integer, V2 integer)"},
		"a type":       {sim.Fault{Match: v2("/syncs/"), Do: sim.Field("sync_id", `"52"`)}, "differences between runs", "sync_id differs (V1 integer, V2 string)"},
		"a lost key":   {sim.Fault{Match: v2("/syncs/"), Do: sim.Field("full_sync", "")}, "1 differences between runs", "V2 does not return full_sync"},
		"no runs":      {sim.Fault{Match: v2("/syncs/"), Do: sim.JSON(404, `{"status":404}`)}, "no run could be compared", "Census answered 404"},
		"other ids":    {sim.Fault{Match: v2("/syncs/"), Do: sim.Field("id", "5")}, "no run could be compared", "none of its 25 newest runs"},
		"no names":     {sim.Fault{Match: v2("/activations"), Do: sim.JSON(200, `{"status":"success","data":[]}`)}, "48 syncs would lose the name of their destination", "Without the name"},
		"unread key":   {sim.Fault{Match: v2("/syncs/"), Do: sim.Field("x_execution_engine", "")}, "", "only on V1: x_execution_engine (1)"},
		"a short list": {sim.Fault{Match: v2("/syncs"), Times: 1, Do: sim.JSON(200, `{"status":"success","data":[]}`)}, "48 syncs of V1 would not be served", "Served on V1, not on V2"},
	} {
		t.Run(name, func(t *testing.T) {
			census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return noon }})
			census.Inject(test.fault)
			r, out := run(t, options(census))
			if reasons := strings.Join(r.Safe(), "; "); !strings.Contains(reasons, test.reason) || (test.reason == "") != (reasons == "") {
				t.Errorf("reasons %q, want %q", reasons, test.reason)
			}
			if !strings.Contains(out, test.shown) {
				t.Errorf("no %q in\n%.3000s", test.shown, out)
			}
		})
	}
}

// The error names the version that could not be read, and contains no token.
func TestVersionUnreadable(t *testing.T) {
	census := sim.New(sim.Options{Seed: 1, Token: "key", PersonalToken: "pat", Now: func() time.Time { return noon }})
	opt := options(census)
	opt.V2.Token = "key"
	if _, err := Compare(t.Context(), opt); err == nil || err.Error() != "V2: GET /syncs?order=asc&page=1&per_page=50: Census answered 401" {
		t.Error(err)
	}
	census.Retire(sim.RetiredMoved)
	opt.V2.Token = "pat"
	if _, err := Compare(t.Context(), opt); err == nil || err.Error() != "V1: GET /syncs?order=asc&page=1&per_page=50: Census answered 301" {
		t.Error(err)
	}
}

// A run that changes between the two reads is not a difference.
func TestChangingRunsAreIgnored(t *testing.T) {
	now := noon
	census := sim.New(sim.Options{Seed: 1, Now: func() time.Time { return now }})
	census.OnCall(func(*http.Request) { now = now.Add(7 * time.Second) })
	r, out := run(t, options(census))
	if r.Safe() != nil || r.Runs.Runs == 0 {
		t.Errorf("%q: %.2000s", r.Safe(), out)
	}
}
