package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"census-gateway/edge"
	"census-gateway/settings"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// gatewayOver returns a gateway that calls c as if it were Census, and its handler.
func gatewayOver(t *testing.T, c *sim.Census, args ...string) (*gateway, http.Handler) {
	t.Helper()
	s, _, err := settings.Read(append(args, "--webhook-secrets=old, new"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	g, err := open(t.Context(), s, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	options := g.upstream(s)
	options.BaseURL, options.Transport = "http://census.test/api/v1", c.Transport()
	g.census = upstream.New("t", options)
	h, err := g.handler(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return g, h
}

// A receiver is the client of a webhook that h serves. It notes when events arrived that h took.
type receiver struct {
	h      http.Handler
	mu     sync.Mutex
	taken  map[int64][]time.Time // by sync
	forged int                   // rejected, rightly
	wrong  int                   // answered otherwise than by the signature
}

func (r *receiver) RoundTrip(request *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return nil, err
	}
	request.Body = io.NopCloser(strings.NewReader(string(body)))
	w := httptest.NewRecorder()
	r.h.ServeHTTP(w, request)
	var event struct {
		Sync int64 `json:"sync_id"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch good := request.Header.Get("X-Signature") == signed("new", string(body)); {
	case good && w.Code == http.StatusNoContent:
		r.taken[event.Sync] = append(r.taken[event.Sync], time.Now())
	case !good && w.Code == http.StatusUnauthorized:
		r.forged++
	default:
		r.wrong++
	}
	return w.Result(), nil
}

// signed returns the signature of a body, as Census makes it.
func signed(secret, body string) string {
	sum := hmac.New(sha256.New, []byte(secret))
	io.WriteString(sum, body)
	return base64.StdEncoding.EncodeToString(sum.Sum(nil))
}

// postEvent sends an event to h.
func postEvent(h http.Handler, secret, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", "http://tunnel.example/webhooks/census", strings.NewReader(body))
	r.Header.Set("X-Signature", signed(secret, body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// A state is how a run was for some time.
type state struct {
	Status string `json:"rawStatus"`
	Source int64  `json:"sourceRecordCount"`
}

// A hookedRun is a run, with all its states.
type hookedRun struct {
	id     int64
	sync   int64
	states []state
	since  time.Time // when it came to the last state
}

// Whatever becomes of webhooks, followers are told the same: states that a run had, in order and
// once, and in the end the last one, no later than without webhooks. They are told at once when an
// event is taken. Forged events have no effect.
func TestLawWebhooksAreHints(t *testing.T) {
	type step struct {
		After, What, Sync int
	}
	rapid.Check(t, func(rt *rapid.T) {
		const syncs = 3
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			return step{rapid.IntRange(0, 100).Draw(t, "after"), rapid.IntRange(0, 3).Draw(t, "what"), rapid.IntRange(0, syncs-1).Draw(t, "sync")}
		}), 3, 12).Draw(rt, "steps")
		fates := rapid.SliceOfN(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) sim.Delivery {
			return sim.Delivery{After: time.Duration(rapid.SampledFrom([]int{0, 0, 1, 7, 120, 500}).Draw(t, "late")) * time.Second, Forged: rapid.IntRange(0, 3).Draw(t, "forged") == 0}
		}), 0, 3), 1, 12).Draw(rt, "fates")
		named := rapid.Bool().Draw(rt, "named")
		failure := ""
		synctest.Test(t, func(t *testing.T) {
			c := sim.New(sim.Options{Empty: true})
			g, h := gatewayOver(t, c, "--watch-calls=600", "--census-api-token=x")
			var ids []string
			var runs []*hookedRun
			working := make(map[int64]*hookedRun)
			for i := range syncs {
				ids = append(ids, fmt.Sprint(c.AddSync(sim.Sync{Label: fmt.Sprint(i), Frequency: "never", CreatedAt: time.Now()})))
			}
			within, filter := 15*time.Minute, ""
			if named {
				within, filter = time.Minute, "(syncIds:["+strings.Join(ids, ",")+"])"
			}
			in := &receiver{h: h, taken: make(map[int64][]time.Time)}
			sent := 0
			stop := c.Send(sim.Webhook{URL: "http://tunnel.example/webhooks/census", Secret: "new", Client: &http.Client{Transport: in},
				Deliver: func(string, sim.Run) []sim.Delivery {
					sent++
					return fates[sent%len(fates)]
				}})
			told := make(map[string][]told)
			l := listen(h, "subscription{syncRunChanged"+filter+"{run{id rawStatus sourceRecordCount}}}", func(data string) { hear(t, told, data) })
			time.Sleep(30*time.Second + sim.SendEvery/2) // no change at the moment of an event or a read
			for _, s := range steps {
				time.Sleep(time.Duration(s.After) * time.Second)
				id := c.Syncs()[s.Sync].ID
				run := working[id]
				if run == nil {
					run = &hookedRun{id: c.AddRun(id, sim.Run{Status: "queued", UpdatedAt: time.Now()}), sync: id}
					runs, working[id] = append(runs, run), run
				} else {
					c.UpdateRun(run.id, func(r *sim.Run) {
						r.UpdatedAt = time.Now()
						switch r.Counts.Source = max(r.Counts.Source, 0) + 1; s.What {
						case 0:
							r.Status, r.CompletedAt = "failed", time.Now()
						case 1:
							r.Status, r.CompletedAt = "completed", time.Now()
						default:
							r.Status = "working"
						}
					})
					if s.What < 2 {
						delete(working, id)
					}
				}
				all := c.Runs(id)
				now := all[slices.IndexFunc(all, func(r sim.Run) bool { return r.ID == run.id })]
				run.states, run.since = append(run.states, state{now.Status, max(now.Counts.Source, 0)}), time.Now()
			}
			time.Sleep(within + time.Minute)
			l.leave()
			stop()
			for _, run := range runs {
				events := told[fmt.Sprintf("SyncRun:%d", run.id)]
				last := -1
				for _, e := range events {
					i := slices.Index(run.states, e.state)
					if i <= last {
						failure = fmt.Sprintf("run %d was told as %v, having been %v", run.id, events, run.states)
					}
					last = i
				}
				if last != len(run.states)-1 {
					failure = fmt.Sprintf("run %d was told as %v, having been %v", run.id, events, run.states)
					continue
				}
				at, latest := events[len(events)-1].at, run.since.Add(within)
				for _, taken := range in.taken[run.sync] {
					if !taken.Before(run.since) && taken.Before(latest) {
						latest = taken
					}
				}
				if at.Sub(latest) > 3*time.Second {
					failure = fmt.Sprintf("run %d was told %s late", run.id, at.Sub(latest))
				}
			}
			if n := g.webhooks.unsigned.Load(); int(n) != in.forged || in.wrong > 0 {
				failure = fmt.Sprintf("%d unsigned, %d forged, %d answered otherwise", n, in.forged, in.wrong)
			}
			time.Sleep(time.Minute)
		})
		if failure != "" {
			rt.Fatal(failure)
		}
	})
}

// A told is an event of a run.
type told struct {
	state
	at time.Time
}

func hear(t *testing.T, to map[string][]told, data string) {
	var a struct {
		Data struct {
			SyncRunChanged struct {
				Run struct {
					ID string
					state
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(data), &a); err != nil {
		t.Error(err, data)
	}
	run := a.Data.SyncRunChanged.Run
	to[run.ID] = append(to[run.ID], told{run.state, time.Now()})
}

// A webhook needs no credentials of callers and no known host name. Each answer is counted. An
// event of a sync that nobody follows makes no call, and what was fresh is read again.
func TestWebhooksAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sim.New(sim.Options{Empty: true})
		id := c.AddSync(sim.Sync{Label: "a", Frequency: "never", CreatedAt: time.Now()})
		run := c.AddRun(id, sim.Run{Status: "working"})
		key, hash := "a-key", edge.HashKey("a-key")
		g, h := gatewayOver(t, c, "--census-api-token=x", "--api-keys=ci:"+hash, "--freshness=1h")
		outcome := func() string {
			a, err := askWithin(t.Context(), h, http.Header{"X-Api-Key": {key}}, "", map[string]string{"query": fmt.Sprintf("{syncRun(id:%d){outcome}sync(id:%d){latestRun{outcome}}}", run, id)})
			if err != nil {
				t.Fatal(err)
			}
			return a.body.String()
		}
		before := outcome()
		time.Sleep(time.Second)
		c.UpdateRun(run, func(r *sim.Run) { r.Status = "failed" })
		if got := outcome(); got != before || !strings.Contains(before, "IN_PROGRESS") {
			t.Errorf("before an event: %s", got)
		}
		event := fmt.Sprintf(`{"workspace_id":1,"sync_id":%d,"sync_run_id":%d,"event":"sync.failed"}`, id, run)
		calls := len(c.Calls())
		for _, x := range []struct {
			secret, body string
			status       int
		}{
			{"other", event, 401}, {"", event, 401}, {"new", `{"event":"sync.failed"}`, 400}, {"new", "[]", 400}, {"new", strings.Repeat("x", 65<<10), 413},
			{"new", `{"event":"segment.created"}`, 204},
		} {
			if w := postEvent(h, x.secret, x.body); w.Code != x.status {
				t.Errorf("%s by %q: %d %s", x.body, x.secret, w.Code, w.Body)
			}
		}
		if got := outcome(); got != before {
			t.Errorf("before an event that counts: %s", got)
		}
		for _, secret := range []string{"old", "new"} {
			if w := postEvent(h, secret, event); w.Code != 204 || w.Body.Len() > 0 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		if more := len(c.Calls()) - calls; more > 0 {
			t.Errorf("%d calls of Census", more)
		}
		if got := outcome(); strings.Contains(got, "IN_PROGRESS") || strings.Count(got, "FAILED") != 2 {
			t.Errorf("after it: %s", got)
		}

		// An event that is ahead of Census's lists.
		time.Sleep(time.Minute)
		calls = len(c.Calls())
		postEvent(h, "new", event)
		time.Sleep(time.Second)
		outcome()
		c.UpdateRun(run, func(r *sim.Run) { r.Status = "completed" })
		time.Sleep(9 * time.Second)
		if got := outcome(); strings.Count(got, "SUCCEEDED") != 2 {
			t.Errorf("10 s after an early event: %s", got)
		}
		if more := len(c.Calls()) - calls; more != 4 {
			t.Errorf("%d calls of Census, want two times two", more)
		}
		rec := httptest.NewRecorder()
		g.observer.MetricsHandler().ServeHTTP(rec, httptest.NewRequest("GET", "/metrics", nil))
		for result, n := range map[string]int{"taken": 3, "ignored": 1, "unsigned": 2, "invalid": 3} {
			if want := fmt.Sprintf("census_gateway_webhooks_total{result=%q} %d\n", result, n); !strings.Contains(rec.Body.String(), want) {
				t.Errorf("no %s", want)
			}
		}
		s, _, err := settings.Read([]string{"--simulate"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if h, err = g.handler(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if w := postEvent(h, "new", event); w.Code != 404 && w.Code != 403 {
			t.Errorf("without a secret: %d", w.Code)
		}
	})
}

// An alert that Census raises stands beside the one that the gateway evaluates, and is told, until
// Census resolves it. Its details are not kept.
func TestAlertsOfWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sim.New(sim.Options{Empty: true})
		id := c.AddSync(sim.Sync{Label: "a", Frequency: "never", CreatedAt: time.Now()})
		run := c.AddRun(id, sim.Run{Status: "failed", UpdatedAt: time.Now(), CompletedAt: time.Now()})
		time.Sleep(time.Minute)
		_, h := gatewayOver(t, c, "--census-api-token=x", "--freshness=1h")
		var events []string
		l := listen(h, "subscription{alertChanged{id state message}}", func(data string) { events = append(events, strings.TrimSpace(data)) })
		time.Sleep(time.Minute)
		ask := func() string {
			a, err := askWithin(t.Context(), h, http.Header{}, "", map[string]string{"query": "{alerts{id message run{id}}}"})
			if err != nil {
				t.Fatal(err)
			}
			return a.body.String()
		}
		post := func(name, message string) {
			body := fmt.Sprintf(`{"workspace_id":1,"sync_id":%d,"sync_run_id":%d,"event":%q,"alert_instance_id":7,"alert_type":"FailureAlertConfiguration","message":%q,"details":{"record":"CANARY"}}`, id, run, name, message)
			if w := postEvent(h, "new", body); w.Code != 204 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		}
		own := fmt.Sprintf(`{"id":"SyncAlert:1:FAILED_RUN:CENSUS_SETTINGS:701","message":"The last finished run failed.","run":{"id":"SyncRun:%d"}}`, run)
		heard := fmt.Sprintf(`{"id":"SyncAlert:1:FAILED_RUN:CENSUS_WEBHOOK:7","message":"Sync Failed","run":{"id":"SyncRun:%d"}}`, run)
		if got := ask(); !strings.Contains(got, `[`+own+`]`) {
			t.Errorf("before: %s", got)
		}
		post("sync.alert.raised", "Sync Failed")
		if got := ask(); !strings.Contains(got, `[`+heard+`,`+own+`]`) || strings.Contains(got, "CANARY") {
			t.Errorf("raised: %s", got)
		}
		post("sync.alert.resolved", "Sync Recovered")
		if got := ask(); !strings.Contains(got, `[`+own+`]`) {
			t.Errorf("resolved: %s", got)
		}
		time.Sleep(time.Minute)
		l.leave()
		event := func(state, message string) string {
			return fmt.Sprintf(`{"data":{"alertChanged":{"id":"SyncAlert:1:FAILED_RUN:CENSUS_WEBHOOK:7","state":%q,"message":%q}}}`, state, message)
		}
		if want := []string{event("FIRING", "Sync Failed"), event("RESOLVED", "Sync Recovered")}; !slices.Equal(events, want) {
			t.Errorf("told %q, want %q", events, want)
		}
		time.Sleep(time.Minute)
	})
}
