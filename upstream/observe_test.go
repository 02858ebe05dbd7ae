package upstream

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A call is reported at its begin and its end, with all its tries as one, and runs under the
// context that Observe returned.
func TestObserveSeesEachCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		census := sim.New(sim.Options{Empty: true})
		id := addSyncWithRuns(census, 1)
		var told []string
		client := New("", Options{
			BaseURL:   baseV1,
			Transport: census.Transport(),
			Observe: func(ctx context.Context, endpoint string) (context.Context, func(calls.Call)) {
				told = append(told, "begin "+endpoint)
				return context.WithValue(ctx, key{}, "mine"), func(c calls.Call) {
					told = append(told, fmt.Sprintf("end %s, HTTP %d, tries %d", c.Outcome(), c.Status, c.Tries))
				}
			},
		})
		census.OnCall(func(r *http.Request) {
			told = append(told, fmt.Sprintf("%s in %v", r.URL.Path, r.Context().Value(key{})))
		})

		census.Inject(sim.Fault{Times: 2, Do: sim.HTML(502)})
		client.Runs(t.Context(), id, paging.Window{Limit: 1})
		client.Sync(t.Context(), 99)
		census.Inject(sim.Fault{Do: sim.Hang()})
		client.Run(t.Context(), 94)

		want := []string{
			"begin GET /syncs/{id}/sync_runs",
			"/api/v1/syncs/1/sync_runs in mine", "/api/v1/syncs/1/sync_runs in mine", "/api/v1/syncs/1/sync_runs in mine",
			"end ok, HTTP 200, tries 3",
			"begin GET /syncs/{id}", "/api/v1/syncs/99 in mine",
			"begin GET /syncs", "/api/v1/syncs in mine", "end ok, HTTP 200, tries 1", "end not_found, HTTP 404, tries 1",
			"begin GET /sync_runs/{id}", "/api/v1/sync_runs/94 in mine", "end timeout, HTTP 0, tries 1",
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWithToken(t *testing.T) {
	census := sim.New(sim.Options{Token: secret})
	for _, basic := range []bool{false, true} {
		first := New("another-token", Options{BaseURL: sim.Base(), Basic: basic, Transport: census.Transport()})
		_, err := first.WithToken(secret).Sync(t.Context(), 52)
		checkVerdict(t, err, "ok")
		_, err = first.Sync(t.Context(), 52)
		checkVerdict(t, err, "unauthenticated")
	}
}

// The lists of one token's workspace say nothing about another's.
func TestTokensShareNoLists(t *testing.T) {
	server, client := newCensus(sim.Options{SyncBytes: 1})
	addSyncs(server, 48)
	client.SyncsByID(t.Context(), evenlySpread(10, 48))
	server.ResetCalls()
	client.WithToken("another").SyncsByID(t.Context(), []census.SyncID{1, 2})
	if diff := cmp.Diff(2, fetches(server.Calls())); diff != "" {
		t.Error(diff)
	}
}
