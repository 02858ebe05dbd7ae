package upstream

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A client made by FreshSince reads what has changed since, although the cached data is fresh.
// Then all clients do. Without a permit, it makes no call.
func TestFreshSince(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		simulated := sim.New(sim.Options{Empty: true})
		id := census.SyncID(simulated.AddSync(sim.Sync{Label: "a", CreatedAt: time.Now()}))
		run := simulated.AddRun(int64(id), sim.Run{Status: "working"})
		client := New("t", Options{BaseURL: "http://census.test/api/v1", Transport: simulated.Transport(), PageCache: 1 << 20, Freshness: time.Hour, Stale: time.Hour})
		status := func(c *Client) (string, string) {
			t.Helper()
			list, err := c.Runs(t.Context(), id, paging.Window{Limit: 25})
			if err != nil || len(list[0].Rows) != 1 {
				t.Fatalf("%v %v", list, err)
			}
			one, err := c.Run(t.Context(), census.SyncRunID(run))
			if err != nil {
				t.Fatal(err)
			}
			return list[0].Rows[0].RawStatus, one.RawStatus
		}
		check := func(c *Client, want string) {
			t.Helper()
			if list, one := status(c); list != want || one != want {
				t.Errorf("%s and %s, want %s", list, one, want)
			}
		}
		check(client, "working")
		time.Sleep(time.Minute)
		simulated.UpdateRun(run, func(r *sim.Run) { r.Status = "failed" })
		check(client, "working")
		check(client.FreshSince(time.Now().Add(-time.Hour), nil), "working")
		closed := client.FreshSince(time.Now(), func(context.Context) (func(), error) { return nil, errors.New("no") })
		if _, err := closed.Runs(t.Context(), id, paging.Window{Limit: 25}); !errors.As(err, new(*calls.Error)) {
			t.Errorf("without a permit: %v", err)
		}
		open := 0
		check(client.FreshSince(time.Now(), func(context.Context) (func(), error) { open++; return func() { open-- }, nil }), "failed")
		if check(client, "failed"); open != 0 {
			t.Errorf("%d calls have not ended", open)
		}
	})
}
