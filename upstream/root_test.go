package upstream

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// After V1 is retired, no sync and no run is reported as unknown.
func TestRetired(t *testing.T) {
	for how, want := range map[sim.Retired]string{
		sim.RetiredNotFound: "gone", sim.RetiredEmpty: "gone", sim.RetiredPage: "gone", sim.RetiredGone: "gone", sim.RetiredMoved: "gone",
		sim.RetiredToken: "unauthenticated", sim.RetiredForbidden: "forbidden", sim.RetiredHTML: "unavailable",
	} {
		bubble(t, string(how), func(t *testing.T) {
			server, client := newCensusOf(baseV1, sim.Options{})
			id := addSyncWithRuns(server, 3)
			run := census.SyncRunID(server.Runs(int64(id))[0].ID)
			server.Retire(how)
			_, err := client.Sync(t.Context(), id)
			checkVerdict(t, err, want)
			_, err = client.Run(t.Context(), run)
			checkVerdict(t, err, want)
			_, err = client.Runs(t.Context(), id, paging.Window{Limit: 1})
			checkVerdict(t, err, want)
			_, err = client.Syncs(t.Context(), paging.Window{Limit: 1})
			checkVerdict(t, err, want)
			_, err = client.AllSyncs(t.Context())
			checkVerdict(t, err, want)
			_, err = client.Connections(t.Context(), Sources)
			checkVerdict(t, err, want)
			if how == sim.RetiredMoved && (!strings.Contains(err.Error(), `"activations.example.com"`) || strings.Contains(err.Error(), "from=v1")) {
				t.Errorf("the log does not name the host, or names more than it: %v", err)
			}
			for _, call := range server.Calls() {
				if want == "gone" && strings.Contains(call, "/syncs?page=1&per_page=1") && how == sim.RetiredMoved {
					t.Errorf("a redirect was checked: %s", call)
				}
			}
		})
	}
}

// The token is not sent to a host that a redirect names.
func TestRedirectsGetNoToken(t *testing.T) {
	server, client := newCensusOf(baseV1, sim.Options{})
	server.Inject(sim.Fault{Do: sim.Redirect(http.StatusPermanentRedirect, "/api/v1/syncs/1?elsewhere")})
	addSyncs(server, 1)
	_, err := client.Sync(t.Context(), 1)
	checkVerdict(t, err, "gone")
	if calls := server.Calls(); len(calls) != 1 {
		t.Errorf("%q", calls)
	}
}

// A missing record is checked against the list of syncs, at most once a minute, however many
// records are missing at once.
func TestMissingRecordsAreChecked(t *testing.T) {
	bubble(t, "minutes", func(t *testing.T) {
		server, client := newCensusOf(baseV1, sim.Options{})
		addSyncs(server, 3)
		checks := func() int {
			calls := server.Calls()
			return len(calls) - len(slices.DeleteFunc(calls, func(c string) bool { return c == "GET /syncs?page=1&per_page=1" }))
		}
		for range 3 {
			before := checks()
			parallel(8, evenlySpread(8, 99)[1:], func(id census.SyncID) { client.Sync(t.Context(), id+1000) })
			for range 5 {
				_, err := client.Runs(t.Context(), 1000, paging.Window{Limit: 1})
				checkVerdict(t, err, "not_found")
				time.Sleep(10 * time.Second)
			}
			if n := checks() - before; n != 1 {
				t.Errorf("%d checks in a minute", n)
			}
			time.Sleep(20 * time.Second)
		}
	})
	bubble(t, "a check that fails", func(t *testing.T) {
		server, client := newCensusOf(baseV1, sim.Options{})
		server.Inject(sim.Fault{Match: sim.Path("/syncs"), Do: sim.HTML(501)})
		for range 4 {
			_, err := client.Sync(t.Context(), 7)
			checkVerdict(t, err, "not_found")
		}
		if n := lists(server.Calls()); n != 1 {
			t.Errorf("%d checks", n)
		}
	})
	bubble(t, "the start", func(t *testing.T) {
		server, client := newCensusOf(baseV1, sim.Options{})
		addSyncs(server, 1)
		if _, err := client.Try(t.Context()); err != nil {
			t.Fatal(err)
		}
		server.Retire(sim.RetiredNotFound)
		_, err := client.Sync(t.Context(), 1)
		checkVerdict(t, err, "gone")
	})
}

// Census returns at the same address: a missing record is then reported as missing.
func TestGoneForAMinute(t *testing.T) {
	bubble(t, "back", func(t *testing.T) {
		server, client := newCensusOf(baseV1, sim.Options{})
		addSyncs(server, 1)
		remove := server.Inject(sim.Fault{Do: sim.JSON(404, `{"status":404}`)})
		_, err := client.Sync(t.Context(), 1)
		checkVerdict(t, err, "gone")
		server.ResetCalls()
		_, err = client.Sync(t.Context(), 1)
		checkVerdict(t, err, "gone")
		if calls := server.Calls(); len(calls) != 1 {
			t.Errorf("asked again: %q", calls)
		}
		remove()
		_, err = client.Sync(t.Context(), 1)
		checkVerdict(t, err, "ok")
		time.Sleep(time.Minute)
		_, err = client.Sync(t.Context(), 2)
		checkVerdict(t, err, "not_found")
	})
}

// Cached answers are served while the API is gone, and not dropped as if the sync had been
// deleted.
func TestKeptWhileGone(t *testing.T) {
	bubble(t, "kept", func(t *testing.T) {
		server, _ := newCensusOf(baseV1, sim.Options{})
		id := addSyncWithRuns(server, 3)
		stale := 0
		client := New("", Options{BaseURL: "http://server.test/api/v1", Transport: server.Transport(), PageCache: 1 << 20, Freshness: time.Second, Stale: time.Hour,
			OnRead: func(_ context.Context, r ReadReport) {
				if r.Stale {
					stale++
				}
			}})
		ask := func() {
			t.Helper()
			y, err := client.Sync(t.Context(), id)
			if err != nil || y.ID != id {
				t.Errorf("the sync: %v", err)
			}
			slices, err := client.Runs(t.Context(), id, paging.Window{Limit: 3})
			if err != nil || len(slices[0].Rows) != 3 {
				t.Errorf("its runs: %v", err)
			}
			if all, err := client.AllSyncs(t.Context()); err != nil || len(all) != 1 {
				t.Errorf("all syncs: %v", err)
			}
			if all, err := client.Connections(t.Context(), Sources); err != nil || len(all) != 5 {
				t.Errorf("sources: %v", err)
			}
		}
		ask()
		server.Retire(sim.RetiredGone)
		for range 50 {
			time.Sleep(time.Minute)
			ask()
		}
		if stale < 200 {
			t.Errorf("%d stale readings", stale)
		}
	})
}
