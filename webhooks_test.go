package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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

// A webhook needs no credentials of callers and no known host name. Each answer is counted.
// An event of a sync without subscribers makes no call, but the next query reads the sync
// again.
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
			t.Errorf("after ignored and rejected events: %s", got)
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
			t.Errorf("after an event: %s", got)
		}

		// An event arrives before Census's lists show the change.
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
			t.Errorf("%d calls of Census, want 4", more)
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

// In pass-through, an event names no token. All subscribers of its sync receive an event at
// once, and the next queries of all tokens read the sync again.
func TestWebhooksInPassThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := sim.New(sim.Options{Empty: true})
		id := c.AddSync(sim.Sync{Label: "a", Frequency: "never", CreatedAt: time.Now()})
		c.AddRun(id, sim.Run{})
		_, h := gatewayOver(t, c, "--pass-through", "--freshness=1h")
		ask := func() string {
			a, err := askWithin(t.Context(), h, http.Header{"Authorization": {"Bearer secret-token:c"}}, "", map[string]string{"query": fmt.Sprintf("{sync(id:%d){latestRun{outcome}}}", id)})
			if err != nil {
				t.Fatal(err)
			}
			return a.body.String()
		}
		var all []*listener
		for _, token := range []string{"a", "b"} {
			all = append(all, listen(h, "subscription{syncRunChanged{run{outcome}}}", nil, "Authorization", "Bearer secret-token:"+token))
		}
		time.Sleep(time.Minute)
		before := ask()
		time.Sleep(time.Second)
		run := c.AddRun(id, sim.Run{Status: "failed"})
		if w := postEvent(h, "old", fmt.Sprintf(`{"sync_id":%d,"sync_run_id":%d,"event":"sync.failed"}`, id, run)); w.Code != 204 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if after := ask(); !strings.Contains(before, "SUCCEEDED") || !strings.Contains(after, "FAILED") {
			t.Errorf("%s, then %s", before, after)
		}
		time.Sleep(time.Second)
		for i, l := range all {
			if events := l.take(); strings.Count(events, "FAILED") != 1 {
				t.Errorf("subscriber %d: %s", i, events)
			}
			l.leave()
		}
		time.Sleep(time.Minute)
	})
}

// Alerts raised by Census are listed beside those that the gateway evaluates, and reported
// to subscribers, until Census resolves them. Their details are not stored.
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
			t.Errorf("events %q, want %q", events, want)
		}
		time.Sleep(time.Minute)
	})
}
