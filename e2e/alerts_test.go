package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"census-gateway/internal/redistest"
	"census-gateway/upstream/sim"
)

// The alert webhook is signed, reports when an alert fires and when it is resolved, and is repeated
// after the receiver was down. A query returns the same alert. The log contains no address and no
// key.
func TestAlertWebhook(t *testing.T) {
	t.Parallel()
	const key = "CANARYalertCANARY"
	posts := make(chan string, 100)
	down := true
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write(body)
		if want := base64.StdEncoding.EncodeToString(mac.Sum(nil)); r.Header.Get("X-Signature") != want || r.URL.Path != "/CANARYpath" {
			t.Errorf("%s signed %q, want %q", r.URL, r.Header.Get("X-Signature"), want)
		}
		if down { // the first time
			down = false
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		posts <- string(body)
	}))
	defer receiver.Close()
	c := newCensus(t, sim.Options{Empty: true})
	c.AddSync(sim.Sync{Label: "Accounts", Frequency: "never", CreatedAt: time.Now()})
	begin := func() int64 { return c.AddRun(1, sim.Run{Status: "working", UpdatedAt: time.Now()}) }
	end := func(run int64, status string) {
		c.UpdateRun(run, func(r *sim.Run) {
			r.Status, r.ErrorCode, r.CompletedAt, r.UpdatedAt = status, "AUTH", time.Now(), time.Now()
		})
	}
	first := begin() // a sync with a run in progress is read every 10 s
	g := start(t, c.settings("GATEWAY_ALERT_WEBHOOK="+receiver.URL+"/CANARYpath", "GATEWAY_ALERT_SECRET="+key)...)
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(strings.Join(c.takeRequests(), " "), "/sync_runs"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the sync is not read")
		}
	}
	end(first, "failed")
	second := begin()
	next := func() (text string, alert map[string]any) {
		var m struct {
			Text   string
			Alerts []map[string]any
		}
		select {
		case body := <-posts:
			if err := json.Unmarshal([]byte(body), &m); err != nil || len(m.Alerts) != 1 {
				t.Fatalf("%v: %s", err, body)
			}
		case <-time.After(90 * time.Second):
			t.Fatal("nothing was posted")
		}
		return m.Text, m.Alerts[0]
	}
	const firing = "Firing: FAILED_RUN of Accounts (sync 1). The last finished run failed (AUTH)."
	for range 2 {
		if text, alert := next(); text != firing || alert["id"] != "SyncAlert:1:FAILED_RUN:CENSUS_SETTINGS:701" || alert["state"] != "FIRING" || alert["runId"] == nil {
			t.Errorf("%s %v", text, alert)
		}
	}
	a := g.query(t, `{alerts{id sync{label} message run{outcome}}}`, nil)
	a.answered(t)
	if want := `{"alerts":[{"id":"SyncAlert:1:FAILED_RUN:CENSUS_SETTINGS:701","sync":{"label":"Accounts"},"message":"The last finished run failed (AUTH).","run":{"outcome":"FAILED"}}]}`; string(a.Data) != want {
		t.Errorf("%s, want %s", a.Data, want)
	}
	end(second, "completed")
	if text, alert := next(); text != "Resolved: FAILED_RUN of Accounts (sync 1). The run did not fail." || alert["state"] != "RESOLVED" {
		t.Errorf("%s %v", text, alert)
	}
	metrics := ""
	for deadline := time.Now().Add(10 * time.Second); !strings.Contains(metrics, `census_gateway_alert_messages_total{outcome="delivered"} 2`); {
		if metrics = do(t, "GET", g.admin+"/metrics", "").body; time.Now().After(deadline) {
			t.Fatalf("%s", metrics)
		}
	}
	g.stop(t)
	if log := g.log.String(); strings.Contains(log, "CANARYpath") || strings.Contains(log, key) || !strings.Contains(log, "retrying the message") {
		t.Errorf("%s", log)
	}
}

// Of several gateways with one Redis, one posts each change of an alert.
func TestOneGatewayPostsEachAlert(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	posts := make(chan string, 100)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posts <- string(body)
	}))
	defer receiver.Close()
	c := newCensus(t, sim.Options{Empty: true})
	id := c.fill(1, 3)[0]
	settings := c.withRedis(redis, "GATEWAY_WEBHOOK_SECRETS=a-secret", "GATEWAY_ALERT_WEBHOOK="+receiver.URL)
	var gateways []*gateway
	var lines []<-chan string
	for range 2 {
		g := start(t, settings...)
		g.usesRedis(t)
		_, received := g.subscribeSSE(t, `subscription{alertChanged{state}}`)
		gateways, lines = append(gateways, g), append(lines, received)
	}
	until(t, "both listen", func() bool {
		return strings.Contains(redis.Do("PUBSUB", "NUMSUB", "census-gateway:messages"), ":2")
	})
	until(t, "the sync is read", func() bool { return strings.Contains(strings.Join(c.Calls(), " "), "sync_runs") })
	time.Sleep(2 * time.Second) // the other gateway has received the message
	c.AddRun(id, sim.Run{Status: "failed", CompletedAt: time.Now(), UpdatedAt: time.Now(), CreatedAt: time.Now()})
	if status := gateways[0].sendWebhook(t, "a-secret", fmt.Sprintf(`{"workspace_id": 1, "sync_id": %d, "event": "sync.failed"}`, id)); status != "204" {
		t.Fatal(status)
	}
	for i := range lines {
		if !waitForLine(t, lines[i], `data: {"data":{"alertChanged":{"state":"FIRING"`) {
			t.Errorf("gateway %d sends no event", i)
		}
	}
	for _, g := range gateways {
		g.stop(t) // this sends the queued messages
	}
	if len(posts) != 1 {
		t.Errorf("%d posts", len(posts))
	}
	for len(posts) > 0 {
		if body := <-posts; !strings.Contains(body, `"text":"Firing: FAILED_RUN of `) {
			t.Error(body)
		}
	}
}
