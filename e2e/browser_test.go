package e2e

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// faults are the faults of Census that the dashboard's tests use, by name.
var faults = map[string]sim.Fault{
	"none":       {},
	"down":       {Do: sim.JSON(503, `{"status":"error"}`)},
	"unreadable": {Match: sim.Path("/syncs/52/sync_runs"), Do: sim.JSON(500, `{"status":"error"}`)},
}

// TestBrowser opens the dashboard and GraphiQL of the built program in a browser, with the tests in
// examples/dashboard/browser:
//
//	(cd examples/dashboard && npm ci) && CHROMIUM=/usr/bin/chromium go test ./e2e -run Browser -artifacts
//
// It keeps pictures of every screen.
func TestBrowser(t *testing.T) {
	browser := chromium(t)
	t.Parallel()
	full, frail, empty := newCensus(t, sim.Options{Seed: 1}), newCensus(t, sim.Options{Seed: 1}), newCensus(t, sim.Options{Empty: true})
	large := newCensus(t, sim.Options{Empty: true})
	large.fill(250, 2)
	env := os.Environ()
	for name, g := range map[string]*gateway{
		"PAGE":   start(t, full.settings("GATEWAY_DASHBOARD=true", "GATEWAY_FRESHNESS=0s")...),
		"FRAIL":  start(t, frail.settings("GATEWAY_DASHBOARD=true", "GATEWAY_FRESHNESS=0s")...),
		"STRICT": start(t, frail.settings("GATEWAY_DASHBOARD=true", "GATEWAY_FRESHNESS=0s", "GATEWAY_STALE=0s")...),
		"EMPTY":  start(t, empty.settings("GATEWAY_DASHBOARD=true")...),
		"KEYED":  start(t, full.settings("GATEWAY_DASHBOARD=true", "GATEWAY_API_KEYS=one:"+hashOf("a-key"))...),
		"LARGE":  start(t, large.settings("GATEWAY_DASHBOARD=true")...),
		"TIGHT":  start(t, large.settings("GATEWAY_DASHBOARD=true", "GATEWAY_MAX_PAGES=150")...),
	} {
		env = append(env, name+"=http://"+g.host+"/dashboard")
	}
	prefix := servePrefixed(t, start(t, "GATEWAY_SIMULATE=true", "GATEWAY_API_KEYS=one:"+hashOf("a-key")))
	env = append(env, "GRAPHIQL=http://"+start(t).host, "KEYED_GRAPHIQL="+prefix)
	undo := func() {}
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, known := faults[strings.TrimPrefix(r.URL.Path, "/")]
		if !known {
			http.NotFound(w, r)
		}
		undo()
		undo = frail.Inject(fault)
	}))
	defer control.Close()
	cmd := exec.Command("node", "--test", "--test-reporter=tap", "--test-concurrency=3", "browser/")
	cmd.Dir = "../examples/dashboard"
	cmd.Env = append(env, "CONTROL="+control.URL, "KEY=a-key", "CHROMIUM="+browser, "PICTURES="+t.ArtifactDir())
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for name, least := range map[string]int64{"page.png": 20_000, "overview-dark-360.png": 10_000} {
		if info, err := os.Stat(filepath.Join(t.ArtifactDir(), name)); err != nil || info.Size() < least {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
}

// The dashboard stays within its budgets of bytes and elements with 1,000 syncs. With -v the test
// also prints times and calls to Census, which depend on the machine.
func TestBrowserBudgets(t *testing.T) {
	browser := chromium(t)
	t.Parallel()
	c := newCensus(t, sim.Options{Empty: true})
	c.fill(1000, 25)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	g := start(t, c.settings("GATEWAY_DASHBOARD=true", "GATEWAY_WEBHOOK_SECRETS=a-secret", "GATEWAY_WATCH_CALLS=6000")...)
	defer c.Send(sim.Webhook{URL: "http://" + g.host + "/webhooks/census", Secret: "a-secret"})()
	day := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		for i := range 2200 {
			c.AddRun(int64(1+i*7%1000), sim.Run{CreatedAt: time.Now(), UpdatedAt: time.Now(), CompletedAt: time.Now()})
			time.Sleep(10 * time.Millisecond)
		}
	}))
	defer day.Close()
	cmd := exec.CommandContext(ctx, "node", "browser/measure.mjs", "http://"+g.host+"/dashboard")
	cmd.Dir, cmd.Env = "../examples/dashboard", append(os.Environ(), "CHROMIUM="+browser, "DAY="+day.URL)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Error(err)
	}
	t.Logf("%s", out)
}

// chromium returns the path of the browser. Without one it skips the test.
func chromium(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CHROMIUM")
	if path == "" {
		t.Skip("set CHROMIUM to the path of a browser; CI does")
	}
	return path
}
