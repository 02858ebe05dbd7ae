package upstream

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// evenlySpread returns n of the ids 1 to total, evenly spaced.
func evenlySpread(n, total int) (ids []census.SyncID) {
	for i := range n {
		ids = append(ids, census.SyncID(1+i*total/n))
	}
	return ids
}

func checkSyncs(t *testing.T, got map[census.SyncID]SyncResult, ids []census.SyncID) {
	t.Helper()
	for _, id := range ids {
		if r, ok := got[id]; !ok || r.Err != nil || r.Sync == nil || r.Sync.ID != id {
			t.Errorf("sync %d is %+v", id, r)
		}
	}
}

// lists and fetches count the two kinds of calls for syncs.
func lists(calls []string) int   { return count(calls, "GET /syncs?") }
func fetches(calls []string) int { return count(calls, "GET /syncs/") }

func TestSyncsByIDCost(t *testing.T) {
	workspaces := map[int]*sim.Census{}
	for _, n := range []int{48, 200} {
		workspaces[n], _ = newCensus(sim.Options{SyncBytes: 1})
		addSyncs(workspaces[n], n)
	}
	for _, c := range []struct {
		n, of          int
		known          bool // the workspace was listed before
		lists, fetches int
	}{
		{0, 48, false, 0, 0}, {1, 48, false, 0, 1}, {3, 48, false, 0, 3}, {4, 48, false, 1, 0}, {10, 48, false, 1, 0}, {48, 48, false, 1, 0},
		{0, 48, true, 0, 0}, {1, 48, true, 0, 1}, {2, 48, true, 1, 0}, {3, 48, true, 1, 0}, {10, 48, true, 1, 0}, {48, 48, true, 1, 0},
		{1, 200, false, 0, 1}, {3, 200, false, 0, 3},
		{4, 200, false, 1, 3}, // one of them was on the first page
		{10, 200, false, 4, 0}, {50, 200, false, 4, 0}, {200, 200, false, 4, 0},
		{1, 200, true, 0, 1}, {3, 200, true, 0, 3}, {4, 200, true, 0, 4}, {5, 200, true, 1, 3}, {10, 200, true, 4, 0}, {50, 200, true, 4, 0},
	} {
		t.Run(fmt.Sprintf("%d of %d, known %t", c.n, c.of, c.known), func(t *testing.T) {
			census := workspaces[c.of]
			client := New("", Options{BaseURL: sim.Base(), Transport: census.Transport()})
			if c.known {
				client.SyncsByID(t.Context(), evenlySpread(10, c.of))
			}
			census.ResetCalls()
			ids := evenlySpread(c.n, c.of)
			got := client.SyncsByID(t.Context(), ids)
			checkSyncs(t, got, ids)
			if calls := census.Calls(); lists(calls) != c.lists || fetches(calls) != c.fetches {
				t.Errorf("%d lists and %d fetches, want %d and %d", lists(calls), fetches(calls), c.lists, c.fetches)
			}
		})
	}
}

func TestSyncsByIDAsksOnceForTheSame(t *testing.T) {
	server, client := newCensus(sim.Options{SyncBytes: 1})
	addSyncs(server, 2)
	got := client.SyncsByID(t.Context(), []census.SyncID{2, 1, 2, 2, 1})
	checkSyncs(t, got, []census.SyncID{1, 2})
	if calls := server.Calls(); len(calls) != 2 || len(got) != 2 {
		t.Errorf("%d answers by %q", len(got), calls)
	}
}

func TestSyncsByIDStopsListingWhenAllAreFound(t *testing.T) {
	server, client := newCensus(sim.Options{SyncBytes: 1})
	addSyncs(server, 200)
	ids := []census.SyncID{1, 7, 20, 50}
	checkSyncs(t, client.SyncsByID(t.Context(), ids), ids)
	if calls := server.Calls(); len(calls) != 1 {
		t.Errorf("%q", calls)
	}
}

// Once the length of the list is known, many syncs take one turn and no extra call.
func TestSyncsByIDReadsAKnownListAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		census, client := newCensus(sim.Options{SyncBytes: 1})
		addSyncs(census, 200)
		census.Inject(sim.Fault{Do: sim.Delay(time.Second)})
		for _, want := range []time.Duration{2 * time.Second, time.Second} {
			census.ResetCalls()
			began := time.Now()
			checkSyncs(t, client.SyncsByID(t.Context(), evenlySpread(50, 200)), evenlySpread(50, 200))
			if took, calls := time.Since(began), len(census.Calls()); took != want || calls != 4 {
				t.Errorf("%s and %d calls, want %s and 4", took, calls, want)
			}
		}
		addSyncs(census, 60) // beyond what is known
		began := time.Now()
		checkSyncs(t, client.SyncsByID(t.Context(), evenlySpread(52, 260)), evenlySpread(52, 260))
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("a list that has grown took %s", took)
		}
	})
}

func TestSyncsByIDWithoutPagination(t *testing.T) {
	census, client := newCensus(sim.Options{SyncBytes: 1, NoPagination: true})
	addSyncs(census, 60)
	ids := evenlySpread(6, 60)
	checkSyncs(t, client.SyncsByID(t.Context(), ids), ids)
	if calls := census.Calls(); lists(calls) != 1 || fetches(calls) != 1 {
		t.Errorf("%q", calls)
	}
}

func TestSyncsByIDFailsOneByOne(t *testing.T) {
	one := func(path string) func(*http.Request) bool { return sim.Path(path) }
	for _, c := range []struct {
		name           string
		ids            []census.SyncID // of the 48 that exist
		fault          sim.Fault
		failed         map[census.SyncID]string
		lists, fetches int
	}{
		{"unknown ids, the rest listed", []census.SyncID{1, 2, 3, 4, 99, 100}, sim.Fault{Times: -1}, map[census.SyncID]string{99: "not_found", 100: "not_found"}, 2, 2},
		{"an unknown id, the rest fetched", []census.SyncID{1, 2, 99}, sim.Fault{Times: -1}, map[census.SyncID]string{99: "not_found"}, 1, 3},
		{"only unknown ids", []census.SyncID{99}, sim.Fault{Times: -1}, map[census.SyncID]string{99: "not_found"}, 1, 1},
		{"one sync breaks Census", []census.SyncID{1, 2, 3}, sim.Fault{Match: one("/syncs/2"), Do: sim.HTML(502)}, map[census.SyncID]string{2: "unavailable"}, 0, 5},
		{"one sync is another", []census.SyncID{1, 2, 3}, sim.Fault{Match: one("/syncs/2"), Do: sim.Field("id", "3")}, map[census.SyncID]string{2: "bad_response"}, 0, 3},
		{"one sync has no date", []census.SyncID{1, 2, 3}, sim.Fault{Match: one("/syncs/2"), Do: sim.Field("created_at", "null")}, map[census.SyncID]string{2: "bad_response"}, 0, 3},
		{"the list breaks Census", []census.SyncID{1, 2, 3, 4, 5}, sim.Fault{Match: one("/syncs"), Do: sim.HTML(502)}, nil, 3, 5},
		{"the list is forbidden", []census.SyncID{1, 2, 3, 4, 5}, sim.Fault{Match: one("/syncs"), Do: sim.HTML(403)}, nil, 1, 5},
		{"the list is unreadable", []census.SyncID{1, 2, 3, 4, 5}, sim.Fault{Match: one("/syncs"), Do: sim.HTML(200)}, nil, 1, 5},
		{"the list has no dates", []census.SyncID{1, 2, 3, 4, 5}, sim.Fault{Match: one("/syncs"), Do: sim.Field("created_at", `""`)}, nil, 1, 5},
		{"the list has no ids", []census.SyncID{1, 2, 3, 4, 5}, sim.Fault{Match: one("/syncs"), Do: sim.Field("id", "null")}, nil, 1, 5},
		{"the token is refused", []census.SyncID{1, 2}, sim.Fault{Do: sim.HTML(401)}, map[census.SyncID]string{1: "unauthenticated", 2: "unauthenticated"}, 0, 2},
	} {
		bubble(t, c.name, func(t *testing.T) {
			server, client := newCensus(sim.Options{SyncBytes: 1})
			addSyncs(server, 48)
			if c.fault.Times >= 0 {
				server.Inject(c.fault)
			}
			got := client.SyncsByID(t.Context(), c.ids)
			if len(got) != len(c.ids) {
				t.Errorf("%d answers to %d ids", len(got), len(c.ids))
			}
			for _, id := range c.ids {
				r := got[id]
				switch want, fails := c.failed[id]; {
				case !fails:
					checkSyncs(t, got, []census.SyncID{id})
				case r.Sync != nil || verdict(r.Err) != want:
					t.Errorf("sync %d is %+v, want %s", id, r, want)
				}
			}
			if calls := server.Calls(); lists(calls) != c.lists || fetches(calls) != c.fetches {
				t.Errorf("%d lists and %d fetches, want %d and %d: %q", lists(calls), fetches(calls), c.lists, c.fetches, calls)
			}
		})
	}
}

func TestSyncsByIDWithoutOneListPage(t *testing.T) {
	census, client := newCensus(sim.Options{SyncBytes: 1})
	addSyncs(census, 200)
	census.Inject(sim.Fault{Do: sim.HTML(403), Match: func(r *http.Request) bool { return r.URL.Query().Get("page") == "3" }})
	ids := evenlySpread(20, 200) // five of them on each page
	checkSyncs(t, client.SyncsByID(t.Context(), ids), ids)
	if calls := census.Calls(); lists(calls) != 4 || fetches(calls) != 5 {
		t.Errorf("%q", calls)
	}
}

func TestSyncs(t *testing.T) {
	server, client := newCensusOf(baseV1, sim.Options{SyncBytes: 1})
	addSyncs(server, 120)
	at := func(id int) paging.Position {
		y, err := client.Sync(t.Context(), census.SyncID(id))
		checkVerdict(t, err, "ok")
		return paging.Position{CreatedAt: paging.Moment(y.CreatedAt), ID: int64(id), Ordinal: id - 1}
	}
	for _, c := range []struct {
		name        string
		window      paging.Window
		first, last census.SyncID // oldest and newest of the answer
		more        bool
		calls       int
	}{
		{"the newest", paging.Window{Limit: 3}, 118, 120, true, 1},
		{"the oldest", paging.Window{Limit: 3, FromOldest: true}, 1, 3, true, 1},
		{"all", paging.Window{Limit: 1000}, 1, 120, false, 3},
		{"before one", paging.Window{Limit: 10, Newer: at(41)}, 31, 40, true, 1},
		{"after one", paging.Window{Limit: 10, Older: at(41), FromOldest: true}, 42, 51, true, 2}, // straddles
		{"between two", paging.Window{Limit: 10, Older: at(60), Newer: at(66)}, 61, 65, false, 1},
		{"the last few", paging.Window{Limit: 10, Newer: at(4)}, 1, 3, false, 1},
	} {
		server.ResetCalls()
		answers, err := client.Syncs(t.Context(), c.window)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		got := answers[0]
		if n := int(c.last - c.first + 1); len(got.Rows) != n || got.Rows[0].ID != c.first || got.Rows[n-1].ID != c.last {
			t.Errorf("%s: %d syncs %v", c.name, len(got.Rows), idsOf(got.Rows))
		}
		if got.First != int(c.first)-1 || got.Total != 120 || got.More != c.more {
			t.Errorf("%s: from %d of %d, more %t", c.name, got.First, got.Total, got.More)
		}
		if calls := server.Calls(); len(calls) != c.calls {
			t.Errorf("%s: %q, want %d calls", c.name, calls, c.calls)
		}
		for _, call := range server.Calls() {
			if strings.Contains(call, "per_page=100") {
				t.Errorf("%s: a page too heavy for Census: %s", c.name, call)
			}
		}
	}
}

func idsOf(rows []census.Sync) (ids []census.SyncID) {
	for i := range rows {
		ids = append(ids, rows[i].ID)
	}
	return ids
}

func TestAllSyncs(t *testing.T) {
	for n, calls := range map[int]int{0: 1, 1: 1, 50: 1, 51: 2, 120: 3} {
		census, client := newCensus(sim.Options{SyncBytes: 1})
		addSyncs(census, n)
		got, err := client.AllSyncs(t.Context())
		checkVerdict(t, err, "ok")
		if diff := cmp.Diff(evenlySpread(n, n), sorted(got)); diff != "" {
			t.Errorf("of %d: %s", n, diff)
		}
		if made := len(census.Calls()); made != calls {
			t.Errorf("%d syncs took %d calls, want %d", n, made, calls)
		}
	}
}

// More syncs than one window holds, and one more with each call of V1. V2, whose order is not
// known, is read again until nothing moves.
func TestAllSyncsOfALargeAndGrowingWorkspace(t *testing.T) {
	const n = maxReads/2*syncChunk + 20
	census, client := newCensusOf(baseV1, sim.Options{SyncBytes: 1})
	addSyncs(census, n)
	census.OnCall(func(*http.Request) { census.AddSync(sim.Sync{}) })
	got, err := client.AllSyncs(t.Context())
	checkVerdict(t, err, "ok")
	if diff := cmp.Diff(evenlySpread(len(got), len(got)), sorted(got)); diff != "" || len(got) < n {
		t.Errorf("%d syncs: %s", len(got), diff)
	}
	if made := len(census.Calls()); made > n/syncChunk+4 {
		t.Errorf("%d calls", made)
	}
}

func sorted(rows []census.Sync) []census.SyncID {
	ids := idsOf(rows)
	slices.Sort(ids)
	return ids
}

func TestSync(t *testing.T) {
	census, client := newCensus(sim.Options{})
	addSyncs(census, 2)
	y, err := client.Sync(t.Context(), 2)
	if err != nil || y.ID != 2 || y.CreatedAt == 0 {
		t.Errorf("%+v, %v", y, err)
	}
	_, err = client.Sync(t.Context(), 3)
	checkVerdict(t, err, "not_found")
	if diff := cmp.Diff([]string{"GET /syncs/2", "GET /syncs/3", "GET /syncs?page=1&per_page=1"}, census.Calls()); diff != "" {
		t.Error(diff)
	}
}
