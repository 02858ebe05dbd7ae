package upstream

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A syncReader reads the runs of one sync, its newest run and the sync itself.
type syncReader struct {
	*sim.Census
	client    *Client
	sync, run int64
}

func newSyncReader() syncReader {
	d := syncReader{Census: sim.New(sim.Options{Empty: true})}
	d.sync = d.AddSync(sim.Sync{Label: "a", Frequency: "never", CreatedAt: time.Now()})
	for range 250 {
		d.AddRun(d.sync, sim.Run{})
	}
	time.Sleep(time.Hour)
	d.run = d.AddRun(d.sync, sim.Run{Status: "working"})
	d.client = New("t", Options{BaseURL: "http://census.test/api/v1", Transport: d.Transport(), PageCache: 1 << 20, Freshness: time.Hour, Stale: time.Hour})
	return d
}

// read returns the status of the newest run in the list and by itself, and how many calls
// reading took.
func (d syncReader) read(t *testing.T, c *Client) (list, one string, calls int) {
	t.Helper()
	before := len(d.Calls())
	runs, err := c.Runs(t.Context(), census.SyncID(d.sync), paging.Window{Limit: 251})
	if err != nil || len(runs[0].Rows) != 251 {
		t.Fatal(runs, err)
	}
	run, err := c.Run(t.Context(), census.SyncRunID(d.run))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Sync(t.Context(), census.SyncID(d.sync)); err != nil {
		t.Fatal(err)
	}
	return runs[0].Rows[250].RawStatus, run.RawStatus, len(d.Calls()) - before
}

// Invalidated data is requested again although it is fresh, with any token, and nothing else is.
// While Census fails, it is served as before.
func TestInvalidate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newSyncReader()
		check := func(c *Client, status string, calls int) {
			t.Helper()
			if list, one, n := d.read(t, c); list != status || one != status || n != calls {
				t.Errorf("%s and %s by %d calls, want %s by %d", list, one, n, status, calls)
			}
		}
		other := d.client.WithToken("u")
		check(d.client, "working", 5)
		check(other, "working", 5)
		d.UpdateRun(d.run, func(r *sim.Run) { r.Status = "failed" })
		time.Sleep(time.Second)
		check(d.client, "working", 0)
		d.client.Invalidate(time.Now().Add(-time.Minute), census.SyncID(d.sync)) // the list was read since
		check(d.client, "working", 1)
		time.Sleep(time.Second)
		d.client.Invalidate(time.Now(), census.SyncID(d.sync), census.SyncRunID(d.run), census.SyncRunID(d.run-1))
		heal := d.Inject(sim.Fault{Do: sim.Status(500, "text/plain", "x")})
		if list, one, _ := d.read(t, d.client); list != "working" || one != "working" {
			t.Errorf("while Census fails: %s and %s", list, one)
		}
		heal()
		time.Sleep(2 * time.Minute)  // for the breaker
		check(d.client, "failed", 3) // the newest runs, the run and the sync; older chunks stay
		check(other, "failed", 3)
		time.Sleep(time.Second)
		check(d.client, "failed", 0)
	})
}

// An answer that was requested before the invalidation and arrives later is neither shared nor
// cached.
func TestInvalidateCallsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newSyncReader()
		d.read(t, d.client)
		time.Sleep(2 * time.Hour)
		slow := d.Inject(sim.Fault{Do: func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
			answer := httptest.NewRecorder()
			honest.ServeHTTP(answer, r)
			time.Sleep(3 * time.Second)
			maps.Copy(w.Header(), answer.Header())
			w.Write(answer.Body.Bytes())
		}})
		var before sync.WaitGroup
		before.Go(func() {
			if list, one, _ := d.read(t, d.client); list != "working" || one != "failed" {
				t.Errorf("who began before reads %s and %s", list, one)
			}
		})
		time.Sleep(time.Second)
		d.UpdateRun(d.run, func(r *sim.Run) { r.Status = "failed" })
		d.client.Invalidate(time.Now(), census.SyncID(d.sync), census.SyncRunID(d.run))
		if list, _, _ := d.read(t, d.client); list != "failed" {
			t.Errorf("who begins now reads %s", list)
		}
		before.Wait()
		slow()
		if list, one, _ := d.read(t, d.client); list != "failed" || one != "failed" {
			t.Errorf("later it is %s and %s", list, one)
		}
	})
}

// Invalidations take a bounded amount of memory. Beyond it everything is invalidated.
func TestInvalidationsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := invalidations{}
		began := time.Now()
		for id := range int64(3 * maxInvalidations) {
			time.Sleep(time.Millisecond)
			d.add(calls.FetchSyncRun, id, time.Now(), time.Hour)
			if since := d.notBefore(calls.FetchSyncRun, id); !since.Equal(time.Now()) || len(d.since) > maxInvalidations {
				t.Fatalf("%d of %d: %s", id, len(d.since), since)
			}
		}
		for id := range int64(3 * maxInvalidations) {
			if made := began.Add(time.Duration(id+1) * time.Millisecond); d.notBefore(calls.FetchSyncRun, id).Before(made) {
				t.Fatal(fmt.Sprint(id, " is no longer invalidated"))
			}
		}
		if all := d.all; d.notBefore(calls.FetchSync, 1) != all || all.IsZero() {
			t.Error("others are not")
		}
		time.Sleep(2 * time.Hour)
		all := d.all
		for id := range int64(2 * maxInvalidations) {
			d.add(calls.FetchSync, id, time.Now(), time.Minute)
			time.Sleep(time.Second)
		}
		if len(d.since) > maxInvalidations || d.all != all {
			t.Errorf("%d, all since %s", len(d.since), d.all.Sub(all))
		}
	})
}
