package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// sendWebhook posts an event with curl, signed with openssl as an operator would do it by hand, to
// a host name that the gateway does not know. It returns the status.
func (g *gateway) sendWebhook(t *testing.T, secret, event string) string {
	t.Helper()
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", `
		curl -s -o /dev/null -w '%{http_code}' "http://$HOST/webhooks/census" -H 'Host: tunnel.example' --data-raw "$EVENT" \
			-H "X-Signature: $(printf %s "$EVENT" | openssl dgst -sha256 -hmac "$SECRET" -binary | base64)"`)
	cmd.Env = append(os.Environ(), "HOST="+g.host, "SECRET="+secret, "EVENT="+event)
	status, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v %s", err, status)
	}
	return string(status)
}

// After a webhook, subscriptions and queries show a change at once instead of within 15 minutes.
// Secrets can be replaced without a restart and without a gap.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{Empty: true})
	id := c.AddSync(sim.Sync{Label: "by hand", Frequency: "never", CreatedAt: time.Now().Add(-time.Hour)})
	c.AddRun(id, sim.Run{})
	file := filepath.Join(t.TempDir(), "settings")
	secrets := func(list string) {
		if err := os.WriteFile(file, []byte("GATEWAY_WEBHOOK_SECRETS="+list+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secrets("old")
	g := start(t, c.settings("GATEWAY_SETTINGS="+file, "GATEWAY_FRESHNESS=1h")...)
	const query = "{syncs{nodes{latestRun{outcome}}}}"
	if a := g.query(t, query, nil); !strings.Contains(a.body, "SUCCEEDED") {
		t.Errorf("before: %s", a.body)
	}
	_, lines := g.subscribeSSE(t, "subscription{syncRunChanged{run{outcome}}}")
	waitForLine(t, lines, "id: ")
	c.takeRequests()
	until(t, "the watcher has read the sync", func() bool {
		_, calls, _ := strings.Cut(do(t, "GET", g.admin+"/metrics", "").body, "\ncensus_gateway_watch_calls_total ")
		return strings.HasPrefix(calls, "2\n") // the list and the runs
	})
	event := func(run int64, name string) string {
		return fmt.Sprintf(`{"workspace_id": 1, "sync_id": %d, "sync_run_id": %d, "event": %q}`, id, run, name)
	}
	see := func(secret, status, outcome string) {
		t.Helper()
		run := c.AddRun(id, sim.Run{Status: status})
		if got := g.sendWebhook(t, secret, event(run, "sync.triggered")); got != "204" {
			t.Fatalf("signed by %s: %s", secret, got)
		}
		began := time.Now()
		waitForLine(t, lines, `data: {"data":{"syncRunChanged":{"run":{"outcome":"`+outcome)
		t.Logf("the event came %s after the webhook", time.Since(began))
		if a := g.query(t, query, nil); !strings.Contains(a.body, outcome) {
			t.Errorf("a query after the event returns %s", a.body)
		}
	}
	expect := func(when string, old, new string) {
		t.Helper()
		if a, b := g.sendWebhook(t, "old", event(1, "sync.failed")), g.sendWebhook(t, "new", event(1, "sync.failed")); a != old || b != new {
			t.Errorf("%s: %s by the old secret, %s by the new", when, a, b)
		}
	}
	see("old", "failed", "FAILED")
	expect("at first", "204", "401")
	secrets("old, new")
	g.reload(t, logReloaded)
	expect("with both", "204", "204")
	secrets("new")
	g.reload(t, logReloaded)
	expect("in the end", "401", "204")
	see("new", "working", "IN_PROGRESS")
	if m := do(t, "GET", g.admin+"/metrics", "").body; !strings.Contains(m, `census_gateway_webhooks_total{result="taken"} 6`) ||
		!strings.Contains(m, `census_gateway_refusals_total{reason="unsigned"} 2`) {
		t.Errorf("metrics:\n%s", m)
	}
	if strings.Contains(g.log.String(), "old, new") || strings.Count(g.log.String(), "refused=unsigned setting=GATEWAY_WEBHOOK_SECRETS") != 2 {
		t.Errorf("the log says\n%s", g.log.String())
	}
}
