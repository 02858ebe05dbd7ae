package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"census-gateway/edge/graphiql/chromium"
	"census-gateway/upstream/sim"
)

// What can befall the Census under a dashboard, by the names that its tests use.
var misfortunes = map[string][]sim.Fault{
	"none":       {},
	"down":       {{Do: sim.JSON(503, `{"status":"error"}`)}},
	"throttled":  {{Do: sim.Throttle("7")}},
	"slow":       {{Do: sim.Delay(400 * time.Millisecond)}},
	"unreadable": {{Match: sim.Path("/syncs/52/sync_runs"), Do: sim.JSON(500, `{"status":"error"}`)}},
	"forbidden":  {{Do: sim.Refusal(401, "bad token")}},
}

// Opens the dashboard of the built program in a real browser, by the tests in
// examples/dashboard/browser:
//
//	(cd examples/dashboard && npm ci) && CHROMIUM=/usr/bin/chromium go test ./e2e -run BrowserDashboard -artifacts
//
// keeps pictures of every screen.
func TestBrowserDashboard(t *testing.T) {
	browser := chromium.Path(t)
	full, empty := newCensus(t, sim.Options{Seed: 1}), newCensus(t, sim.Options{Empty: true})
	large := newCensus(t, sim.Options{Empty: true})
	large.fill(250, 2)
	env := os.Environ()
	for name, g := range map[string]*gateway{
		"PAGE":   start(t, full.settings("GATEWAY_DASHBOARD=true", "GATEWAY_FRESHNESS=0s")...),
		"STRICT": start(t, full.settings("GATEWAY_DASHBOARD=true", "GATEWAY_FRESHNESS=0s", "GATEWAY_STALE=0s")...),
		"EMPTY":  start(t, empty.settings("GATEWAY_DASHBOARD=true")...),
		"KEYED":  start(t, full.settings("GATEWAY_DASHBOARD=true", "GATEWAY_API_KEYS=one:"+hashOf("a-key"))...),
		"LARGE":  start(t, large.settings("GATEWAY_DASHBOARD=true")...),
	} {
		env = append(env, name+"=http://"+g.host+"/dashboard")
	}
	var remove []func()
	control := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, undo := range remove {
			undo()
		}
		remove = nil
		faults, known := misfortunes[strings.TrimPrefix(r.URL.Path, "/")]
		if !known {
			http.NotFound(w, r)
		}
		for _, f := range faults {
			for _, c := range []*census{full, empty} {
				remove = append(remove, c.Inject(f))
			}
		}
		fmt.Fprint(w, len(full.take()))
	}))
	defer control.Close()
	cmd := exec.Command("node", "--test", "--test-reporter=tap", "--test-concurrency=1", "browser/")
	cmd.Dir = "../examples/dashboard"
	cmd.Env = append(env, "CONTROL="+control.URL, "KEY=a-key", "CHROMIUM="+browser, "PICTURES="+t.ArtifactDir())
	cmd.WaitDelay = time.Second
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
