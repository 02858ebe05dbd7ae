package upstream

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// However a sync names its activation, the name and the type of its destination are found, by
// one call for all syncs. /destinations is not called.
func TestActivations(t *testing.T) {
	for _, naming := range sim.Namings {
		for _, opt := range []sim.V2{{}, {TextIDs: true}, {NoSourceID: true}, {LegacyNext: true, SyncGroups: true}} {
			opt.Naming = naming
			t.Run(fmt.Sprintf("%+v", opt), func(t *testing.T) {
				server, client := newCensusOf(baseV2, sim.Options{V2: opt})
				server.AddSync(sim.Sync{ID: 1, SourceID: 11, DestinationID: 302})
				server.AddSync(sim.Sync{ID: 2, SourceID: 15, DestinationID: 302})
				server.AddSync(sim.Sync{ID: 3, SourceID: 15, DestinationID: 999})
				all, err := client.AllSyncs(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				activations, err := client.Activations(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				for i := range all {
					y := &all[i]
					a := activations.Destination(&y.Destination)
					ambiguous := naming == sim.NamedByNumber && opt.NoSourceID
					if y.ID == 3 || ambiguous {
						if a != nil {
							t.Errorf("sync %d has an activation: %+v", y.ID, a)
						}
						continue
					}
					if a == nil || *a.Name != "HubSpot" || *a.Destination.Type != "hubspot" || a.Source.ID != map[census.SyncID]string{1: "11", 2: "15"}[y.ID] {
						t.Errorf("the activation of sync %d is %+v", y.ID, a)
					}
					if id := y.Destination.ActivationID; naming != sim.NamedByNumber && (id == nil || *id != a.ID) {
						t.Errorf("sync %d names %v", y.ID, id)
					}
					if src := activations.Source(&y.Source); y.Source.InActivation() && *src.Name != map[census.SyncID]string{1: "Snowflake", 2: "Postgres replica"}[y.ID] {
						t.Errorf("the source of sync %d is %+v", y.ID, src)
					}
				}
				want := []string{"GET /syncs?order=asc&page=1&per_page=50", "GET /activations?order=asc&page=1&per_page=100"}
				if diff := cmp.Diff(want, server.Calls()); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// Activations that fill several pages are all found, whatever the pages report.
func TestActivationsOfSeveralPages(t *testing.T) {
	for name, test := range map[string]struct {
		opt   sim.Options
		calls int
	}{
		"as documented":         {sim.Options{}, 3},
		"without pagination":    {sim.Options{NoPagination: true}, 3},
		"a total too large":     {sim.Options{TotalOff: 5}, 6},
		"a total too small":     {sim.Options{TotalOff: -150}, 6},
		"no page past the end":  {sim.Options{PastEnd404: true, NoPagination: true}, 3},
		"pages of 30":           {sim.Options{MaxPerPage: 30}, 9},
		"an order of their own": {sim.Options{Ties: sim.TiesShuffled}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			server, client := newCensusOf(baseV2, test.opt)
			for i := range 230 - 12 {
				server.AddDestination(fmt.Sprintf("HubSpot %d", i))
			}
			all, err := client.Activations(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for id := int64(301); id <= 300+230; id++ {
				if a := all.Destination(&census.SyncDestination{ConnectionID: &id}); a == nil {
					t.Errorf("no activation of destination %d", id)
				}
			}
			if n := len(server.Calls()); n > test.calls {
				t.Errorf("%d calls, want %d: %q", n, test.calls, server.Calls())
			}
		})
	}
}

// No existing activation is lost while others are added and removed between two pages.
func TestActivationsThatMove(t *testing.T) {
	server, client := newCensusOf(baseV2, sim.Options{})
	for i := range 250 {
		server.AddDestination(fmt.Sprintf("HubSpot %d", i))
	}
	doomed := server.AddSync(sim.Sync{SourceID: 12, DestinationID: 301})
	server.AddSync(sim.Sync{SourceID: 14, DestinationID: 301})
	once := false
	server.OnCall(func(r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "page=2&") && !once {
			once = true
			server.RemoveSync(doomed)
		}
	})
	all, err := client.Activations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for id := int64(301); id <= 300+12+250; id++ {
		if a := all.Destination(&census.SyncDestination{ConnectionID: &id}); a == nil {
			t.Errorf("no activation of destination %d", id)
		}
	}
}

// An activation without an id is an error, since a part could be mistaken for the whole.
func TestUnreadableActivations(t *testing.T) {
	for _, fault := range []sim.Effect{sim.Field("id", "null"), sim.JSON(200, `{"status":"success","data":[7]}`), sim.JSON(200, `{"status":"success"}`)} {
		server, client := newCensusOf(baseV2, sim.Options{})
		server.Inject(sim.Fault{Match: sim.Path("/activations"), Do: fault})
		_, err := client.Activations(t.Context())
		checkVerdict(t, err, "bad_response")
	}
	server, client := newCensusOf(baseV2, sim.Options{})
	server.Inject(sim.Fault{Match: sim.Path("/activations"), Do: sim.JSON(403, `{}`)})
	_, err := client.Activations(t.Context())
	checkVerdict(t, err, "forbidden")
	if e := err.(*calls.Error); e.Subject != "the activations" || e.Call != "GET /activations" {
		t.Errorf("%+v", e)
	}
	server.Inject(sim.Fault{Match: sim.Path("/activations"), Do: sim.JSON(403, `{}`)})
}

// An unusual name or a missing end does not lose the other activations.
func TestOddActivations(t *testing.T) {
	server, client := newCensusOf(baseV2, sim.Options{})
	server.Inject(sim.Fault{Match: sim.Path("/activations"), Do: sim.JSON(200, `{"status":"success","data":[`+
		`{"id":7,"name":null,"source":[],"destination":{"id":3.01e2,"type":7,"connection_details":{"id":9,"type":"canary"}}},`+
		`{"id":"b","name":"B","group_id":{},"source":null,"destination":null,"last":{"destination":{"id":1}}},{"id":"b","name":"again"}]}`)})
	all, err := client.Activations(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	named := func(id string) *census.Activation { return all.Destination(&census.SyncDestination{ActivationID: &id}) }
	if a := named("7"); a == nil || a.Name != nil || a.Destination.ID != "3.01e2" || *a.Destination.Type != "7" {
		t.Errorf("%+v", a)
	}
	if b := named("b"); b == nil || *b.Name != "B" || b.Destination.Type != nil || b.GroupID != nil {
		t.Errorf("%+v", b)
	}
}

// V2 rejects a workspace key, and the error says which tokens V2 accepts.
func TestPersonal(t *testing.T) {
	server := sim.New(sim.Options{Empty: true, Token: "key", PersonalToken: "pat"})
	for base, want := range map[string]bool{baseV1: false, baseV2: true} {
		_, err := New("wrong", Options{BaseURL: base, Transport: server.Transport()}).Sync(t.Context(), 1)
		checkVerdict(t, err, "unauthenticated")
		if got := err.(*calls.Error).Personal; got != want {
			t.Errorf("%s: %v", base, got)
		}
	}
	if _, err := New("pat", Options{BaseURL: baseV2, Transport: server.Transport()}).Try(t.Context()); err != nil {
		t.Error(err)
	}
}

// However V2 orders syncs, and whatever happens meanwhile, paging shows each existing sync
// once and in creation order.
func TestPagingOnV2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opt := sim.Options{
			Empty: true, SyncBytes: 1, V2: sim.V2{ByGroup: rapid.Bool().Draw(t, "by group"), NoSourceID: rapid.Bool().Draw(t, "no source")},
			NoPagination: rapid.IntRange(0, 3).Draw(t, "pagination") == 0, MaxPerPage: rapid.SampledFrom([]int{100, 7}).Draw(t, "rows of a page"),
		}
		clock := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
		opt.Now = func() time.Time { return clock }
		server := sim.New(opt)
		add := func() {
			server.AddSync(sim.Sync{SourceID: rapid.SampledFrom([]int64{11, 15}).Draw(t, "source"), CreatedAt: clock})
			clock = clock.Add(time.Second)
		}
		for range rapid.IntRange(0, 120).Draw(t, "syncs") {
			add()
		}
		by := Options{BaseURL: baseV2, Transport: server.Transport()}
		if rapid.Bool().Draw(t, "memory") {
			by.PageCache, by.Freshness = 1<<20, time.Hour
		}
		client := New("", by)
		if rapid.Bool().Draw(t, "all read before") {
			client.AllSyncs(t.Context())
		}
		moving := by.PageCache == 0 && rapid.Bool().Draw(t, "moving")
		w := paging.Window{Limit: rapid.IntRange(1, 40).Draw(t, "limit"), FromOldest: rapid.Bool().Draw(t, "oldest first")}
		var shown []census.SyncID
		stood := server.Syncs()
		for range 200 {
			answers, err := client.Syncs(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			s := answers[0]
			rows := slices.Clone(s.Rows)
			if !w.FromOldest {
				slices.Reverse(rows)
			}
			for _, y := range rows {
				shown = append(shown, y.ID)
			}
			if !s.More {
				break
			}
			w = s.After(w)
			if moving {
				add()
			}
		}
		if !w.FromOldest {
			slices.Reverse(shown)
		}
		if !slices.IsSorted(shown) || len(slices.Compact(slices.Clone(shown))) != len(shown) {
			t.Fatalf("out of order, or twice: %v", shown)
		}
		for _, y := range stood {
			if _, ok := slices.BinarySearch(shown, census.SyncID(y.ID)); !ok {
				t.Fatalf("sync %d is missing of %v", y.ID, shown)
			}
		}
	})
}

// V2 takes no more calls than V1 for the same reads.
func TestCallsOnV2(t *testing.T) {
	for _, n := range []int{0, 1, 48, 50, 51, 130} {
		counts := map[string][]int{}
		for _, base := range []string{baseV1, baseV2} {
			server, _ := newCensusOf(base, sim.Options{SyncBytes: 1})
			addSyncs(server, n)
			client := New("", Options{BaseURL: base, Transport: server.Transport(), PageCache: 1 << 24, Freshness: time.Hour})
			for _, ask := range []func(){
				func() { client.AllSyncs(t.Context()) },
				func() { client.Syncs(t.Context(), paging.Window{Limit: 10}) },
				func() { client.Connections(t.Context(), Sources) },
				func() { client.SyncsByID(t.Context(), evenlySpread(12, 48)) },
			} {
				before := len(server.Calls())
				ask()
				counts[base] = append(counts[base], len(server.Calls())-before)
			}
		}
		for i, v1 := range counts[baseV1] {
			if v2 := counts[baseV2][i]; v2 > v1 {
				t.Errorf("%d syncs, question %d: %d calls on V2, %d on V1", n, i, v2, v1)
			}
		}
	}
}
