package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// A listener is a client of server-sent events.
type listener struct {
	leave context.CancelFunc
	done  sync.WaitGroup

	mu     sync.Mutex
	header http.Header
	text   bytes.Buffer
}

// listen subscribes. seen is the id of the last event that the client received; "" for none.
func listen(h http.Handler, query, seen string) *listener {
	l := &listener{header: make(http.Header)}
	ctx, leave := context.WithCancel(context.Background())
	l.leave = leave
	r := httptest.NewRequestWithContext(ctx, "GET", "/graphql?query="+url.QueryEscape(query), nil)
	r.Header.Set("Accept", "text/event-stream")
	if seen != "" {
		r.Header.Set("Last-Event-ID", seen)
	}
	l.done.Go(func() { h.ServeHTTP(l, r) })
	return l
}

func (l *listener) Header() http.Header { return l.header }
func (l *listener) WriteHeader(int)     {}
func (l *listener) Flush()              {}
func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// end disconnects, and returns the ids and the data of the events received.
func (l *listener) end() (ids []string, data []string) {
	l.leave()
	l.done.Wait()
	for event := range strings.SplitSeq(l.text.String(), "\n\n") {
		id, text := "", "" // a comment may have an id: the place before the first event
		for line := range strings.SplitSeq(event, "\n") {
			if v, ok := strings.CutPrefix(line, "id: "); ok {
				id = v
			}
			if v, ok := strings.CutPrefix(line, "data: "); ok {
				text = v
			}
		}
		if strings.HasPrefix(event, "event: next\n") {
			data = append(data, text)
		} else if id == "" {
			continue
		}
		ids = append(ids, id)
	}
	return ids, data
}

// A runEvent has the fields that the tests select of each event.
type runEvent struct {
	ID, Outcome       string
	SourceRecordCount *int
}

const runEvents = `subscription { syncRunChanged%s { run { id outcome sourceRecordCount } } }`

func readEvents(data []string) (events []runEvent, err error) {
	for _, text := range data {
		var a struct {
			Errors []gqlError
			Data   struct{ SyncRunChanged struct{ Run runEvent } }
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil || len(a.Errors) > 0 {
			return nil, fmt.Errorf("%v %s", err, text)
		}
		events = append(events, a.Data.SyncRunChanged.Run)
	}
	return events, nil
}

// A client that disconnects at any time, and resumes with the cursor of its last event, receives
// the final state of each run that was created or changed. This holds if other clients keep the
// watcher running, if it starts anew, and if a sync cannot be read for a while.
func TestLawRandomDisconnectsLoseNothing(t *testing.T) {
	type step struct {
		after      time.Duration
		what, sync int
	}
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 4
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{time.Duration(rapid.IntRange(0, 300).Draw(t, "after")) * time.Second, rapid.IntRange(0, 9).Draw(t, "what"), rapid.IntRange(0, syncs-1).Draw(t, "sync")}
		}), 5, 20).Draw(rt, "steps")
		beside, named := rapid.Bool().Draw(rt, "beside"), rapid.Bool().Draw(rt, "named")
		var failure error
		synctest.Test(t, func(t *testing.T) {
			h, census := serveBy(upstream.Options{PageCache: 8 << 20, Freshness: 20 * time.Second, Stale: time.Hour}, sim.Options{Empty: true, Now: time.Now})
			var ids []int64
			open := make(map[int64]int64)
			for range syncs {
				id := census.AddSync(sim.Sync{Frequency: "never", CreatedAt: time.Now()})
				ids = append(ids, id)
				census.AddRun(id, sim.Run{UpdatedAt: time.Now()})
			}
			time.Sleep(time.Hour)
			began := time.Now()
			query := fmt.Sprintf(runEvents, map[bool]string{true: "(syncIds: [1, 2, 3, 4])"}[named])
			var other *listener
			if beside {
				other = listen(h, query, "")
			}
			received, seen := make(map[string]runEvent), ""
			client := listen(h, query, "")
			synctest.Wait()
			leave := func() {
				keys, data := client.end()
				events, err := readEvents(data)
				if failure = err; err != nil {
					return
				}
				for _, e := range events {
					received[e.ID] = e
				}
				if len(keys) > 0 {
					seen = keys[len(keys)-1]
				}
			}
			heal := func() {}
			for _, s := range steps {
				time.Sleep(s.after)
				id := ids[s.sync]
				run, now := open[id], time.Now()
				switch {
				case s.what == 0:
					leave()
				case s.what == 1:
					leave()
					client = listen(h, query, seen)
					synctest.Wait()
				case s.what == 2:
					heal()
					heal = census.Inject(sim.Fault{Match: sim.Path(fmt.Sprintf("/syncs/%d/sync_runs", id)), Do: sim.Status(403, "text/plain", "no")})
				case s.what == 3:
					heal()
				case run == 0:
					open[id] = census.AddRun(id, sim.Run{Status: "working", UpdatedAt: now, Counts: sim.Counts{Source: 1}})
				case s.what < 6:
					for range 40 {
						census.AddRun(id, sim.Run{Status: "skipped", UpdatedAt: now})
					}
				case s.what < 8:
					census.UpdateRun(run, func(r *sim.Run) { r.UpdatedAt = now; r.Counts.Source++ })
				default:
					census.UpdateRun(run, func(r *sim.Run) { r.Status, r.UpdatedAt, r.CompletedAt = "failed", now, now })
					delete(open, id)
				}
				if failure != nil {
					return
				}
			}
			heal()
			leave()
			client = listen(h, query, seen)
			time.Sleep(20 * time.Minute)
			leave()
			if other != nil {
				other.end()
			}
			time.Sleep(time.Minute) // for calls under way
			for _, id := range ids {
				for _, run := range census.Runs(id) {
					e := received[fmt.Sprintf("SyncRun:%d", run.ID)]
					outcome := map[string]string{"working": "IN_PROGRESS", "skipped": "SKIPPED", "failed": "FAILED", "completed": "SUCCEEDED"}[run.Status]
					if run.UpdatedAt.After(began) && (e.Outcome != outcome || run.Counts.Source >= 0 && *e.SourceRecordCount != int(run.Counts.Source)) {
						failure = fmt.Errorf("run %d of sync %d is %s with %d records, received %+v", run.ID, id, outcome, run.Counts.Source, e)
						return
					}
				}
			}
		})
		if failure != nil {
			rt.Fatal(failure)
		}
	})
}

// An invalid subscription gets the reason, in its only event.
func TestInvalidSubscriptions(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	census.AddSync(sim.Sync{CreatedAt: now.Add(-time.Hour)})
	for query, want := range map[string]string{
		`subscription { syncRunChanged(syncIds: []) { cursor } }`:                            "syncIds must contain at least one id; omit it to follow all syncs",
		`subscription { syncRunChanged(syncIds: ["7"]) { cursor } }`:                         "Census has no sync 7, or this token may not read it.",
		`subscription { syncRunChanged(after: "x") { cursor } }`:                             "after is not a cursor of an event of a subscription to these syncs",
		`subscription { syncRunChanged(after: "AoCU0o-hM00i9Qk") { cursor } }`:               "after is not a cursor of an event of a subscription to these syncs",
		`subscription { syncRunChanged { cursor } syncHealthChanged { at } }`:                "Anonymous Subscription must select only one top level field.",
		`subscription ($no: Boolean = false) { syncRunChanged @include(if: $no) { cursor }}`: "a subscription must select exactly one field",
	} {
		l := listen(h, query, "")
		l.done.Wait()
		if _, data := l.end(); len(data) != 1 || !strings.Contains(data[0], want) || strings.Contains(data[0], `"data"`) || !strings.HasSuffix(l.text.String(), "event: complete\ndata: \n\n") {
			t.Errorf("%s: %s", query, l.text.String())
		}
	}
}

// A subscription sends no events of a sync whose group is not served. A subscription to that sync
// fails as for an unknown sync.
func TestSubscriptionsAreLimitedToServedGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serveBy(upstream.Options{BaseURL: baseV2, Groups: []string{"abundant_giraffe"}}, sim.Options{Empty: true, Now: time.Now})
		served := census.AddSync(sim.Sync{SourceID: 15, CreatedAt: time.Now()})
		other := census.AddSync(sim.Sync{SourceID: 14, CreatedAt: time.Now()})
		time.Sleep(time.Hour)
		runs, health := listen(h, `subscription { syncRunChanged { run { syncId } } }`, ""), listen(h, `subscription { syncHealthChanged { sync { databaseId } } }`, "")
		both := listen(h, fmt.Sprintf(`subscription { syncRunChanged(syncIds: [%d, %d]) { run { syncId } } }`, served, other), "")
		denied := listen(h, fmt.Sprintf(`subscription { syncRunChanged(syncIds: [%d]) { run { syncId } } }`, other), "")
		for range 3 {
			time.Sleep(time.Minute)
			census.AddRun(other, sim.Run{Status: "failed", UpdatedAt: time.Now(), CompletedAt: time.Now()})
			census.AddRun(served, sim.Run{UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		time.Sleep(20 * time.Minute)
		for name, l := range map[string]*listener{"runs": runs, "both": both} {
			if _, got := l.end(); len(got) < 3 || slices.ContainsFunc(got, func(e string) bool {
				return e != fmt.Sprintf(`{"data":{"syncRunChanged":{"run":{"syncId":%d}}}}`, served)
			}) {
				t.Errorf("%s: %s", name, got)
			}
		}
		if _, got := health.end(); len(got) == 0 || slices.ContainsFunc(got, func(e string) bool { return !strings.Contains(e, fmt.Sprintf(`"databaseId":%d}`, served)) }) {
			t.Errorf("health: %s", got)
		}
		denied.done.Wait()
		if _, got := denied.end(); len(got) != 1 || !strings.Contains(got[0], fmt.Sprintf("Census has no sync %d, or this token may not read it.", other)) {
			t.Errorf("denied: %s", got)
		}
		time.Sleep(time.Minute)
	})
}

// syncHealthChanged sends the health of all syncs first, and then each change of a state. With
// states, it sends only changes into or out of these.
func TestSyncHealthChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serve(sim.Options{Empty: true, Now: time.Now})
		for range 2 {
			id := census.AddSync(sim.Sync{Frequency: "never", CreatedAt: time.Now()})
			census.AddRun(id, sim.Run{UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		time.Sleep(time.Hour)
		query := `subscription { syncHealthChanged%s { sync { id } before after { state } } }`
		all, failing := listen(h, fmt.Sprintf(query, ""), ""), listen(h, fmt.Sprintf(query, "(states: [DEGRADED], syncIds: [1])"), "")
		time.Sleep(time.Minute)
		census.AddRun(1, sim.Run{Status: "failed", UpdatedAt: time.Now(), CompletedAt: time.Now()})
		time.Sleep(20 * time.Minute)
		census.AddRun(1, sim.Run{UpdatedAt: time.Now(), CompletedAt: time.Now()})
		time.Sleep(20 * time.Minute)
		_, got := all.end()
		_, some := failing.end()
		event := func(id, before, after string) string {
			return fmt.Sprintf(`{"data":{"syncHealthChanged":{"sync":{"id":"Sync:%s"},"before":%s,"after":{"state":"%s"}}}}`, id, before, after)
		}
		bad, good := event("1", `"HEALTHY"`, "DEGRADED"), event("1", `"DEGRADED"`, "HEALTHY")
		if want := []string{event("1", "null", "HEALTHY"), event("2", "null", "HEALTHY"), bad, good}; !slices.Equal(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if want := []string{bad, good}; !slices.Equal(some, want) {
			t.Errorf("got  %s\nwant %s", some, want)
		}
		time.Sleep(time.Minute)
	})
}

// alertChanged sends the beginning and the end of an alert, but not alerts that already fire.
func TestAlertChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, census := serve(sim.Options{Empty: true, Now: time.Now})
		for _, status := range []string{"completed", "failed", "completed"} {
			id := census.AddSync(sim.Sync{Frequency: "never", CreatedAt: time.Now(),
				Alerts: `[{"id":1,"type":"FailureAlertConfiguration","send_for":"every_time"},{"id":2,"type":"FullSyncTriggerAlertConfiguration"}]`})
			census.AddRun(id, sim.Run{Status: status, UpdatedAt: time.Now(), CompletedAt: time.Now()})
		}
		time.Sleep(time.Hour)
		query := `subscription { alertChanged%s { sync { id } rule state run { outcome } } }`
		all, some := listen(h, fmt.Sprintf(query, ""), ""), listen(h, fmt.Sprintf(query, "(rules: [FULL_SYNC], syncIds: [1, 9])"), "")
		time.Sleep(time.Minute)
		for range 2 {
			census.AddRun(1, sim.Run{Status: "failed", FullSync: true, UpdatedAt: time.Now(), CompletedAt: time.Now()})
			time.Sleep(20 * time.Minute)
		}
		census.AddRun(1, sim.Run{UpdatedAt: time.Now(), CompletedAt: time.Now()})
		time.Sleep(20 * time.Minute)
		_, got := all.end()
		_, few := some.end()
		event := func(rule, state, outcome string) string {
			return fmt.Sprintf(`{"data":{"alertChanged":{"sync":{"id":"Sync:1"},"rule":"%s","state":"%s","run":{"outcome":"%s"}}}}`, rule, state, outcome)
		}
		want := []string{event("FAILED_RUN", "FIRING", "FAILED"), event("FULL_SYNC", "FIRING", "FAILED"), event("FAILED_RUN", "RESOLVED", "SUCCEEDED"), event("FULL_SYNC", "RESOLVED", "SUCCEEDED")}
		if !slices.Equal(got, want) {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if want := []string{want[1], want[3]}; !slices.Equal(few, want) {
			t.Errorf("got  %s\nwant %s", few, want)
		}
		time.Sleep(time.Minute)
	})
}
