package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"census-gateway/upstream/sim"
)

const (
	logReloaded       = "settings reloaded"
	logNotReloaded    = "settings not reloaded"
	logReloadedInPart = "settings reloaded in part"
)

// SIGHUP applies new keys, trusted documents and limits. An invalid setting changes nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "documents"), 0o700); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	settings := func(more ...string) string {
		return "GATEWAY_API_KEYS_FILE=" + at("keys") + "\nGATEWAY_TRUSTED_DOCUMENTS=" + at("documents") + "\n" + strings.Join(more, "\n") + "\n"
	}
	put("keys", "one "+hashOf("first-key")+"\n")
	put("documents/label.graphql", "{sync(id:52){label}}")
	put("settings", settings())
	g := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_SETTINGS="+at("settings"))

	status := func(key, request string) int { return g.post(t, request, "X-API-Key", key).status }
	const byID = `{"documentId":"%s"}`
	deep := body("{sync(id:52){latestRun{sync{id}}}}", nil)
	expect := func(when string, want ...int) {
		t.Helper()
		got := []int{
			status("first-key", deep), status("second-key", deep),
			status("second-key", fmt.Sprintf(byID, "label")), status("second-key", fmt.Sprintf(byID, "status")),
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %d, want %d", when, got, want)
		}
	}
	expect("at first", 200, 401, 401, 401)

	put("keys", "one "+hashOf("first-key")+"\ntwo "+hashOf("second-key")+"\n")
	expect("before SIGHUP", 200, 401, 401, 401)
	g.reload(t, logReloaded)
	expect("with a second key", 200, 200, 200, 400)

	put("documents/status.graphql", "{sync(id:52){status}}")
	g.reload(t, logReloaded)
	expect("with a second document", 200, 200, 200, 200)

	put("settings", settings("GATEWAY_MAX_DEPTH=3"))
	g.reload(t, logReloaded)
	expect("with less depth", 400, 400, 200, 200)

	for name, wrong := range map[string]func(){
		"an invalid limit":    func() { put("settings", settings("GATEWAY_MAX_DEPTH=-3")) },
		"an unknown setting":  func() { put("settings", settings("GATEWAY_MAX_DEEP=3")) },
		"not a number":        func() { put("settings", settings("GATEWAY_MAX_DEPTH=deep")) },
		"open, unlike before": func() { put("settings", "CENSUS_API_TOKEN=x\nGATEWAY_ALLOW_OPEN=true\n") },
	} {
		wrong()
		g.reload(t, logNotReloaded)
		expect(name, 400, 400, 200, 200)
	}

	// A fixed setting keeps its value, and a file that changes one is rejected as a whole.
	// Otherwise an open gateway, whose check used another address, could be mistaken for a closed
	// one.
	for _, fixed := range []string{"GATEWAY_SIM_ADDR=127.0.0.1:1", "GATEWAY_CENSUS_CALLS=32", "GATEWAY_ANSWER_CACHE=0", "GATEWAY_FRESHNESS=0s", "GATEWAY_OPERATION_TIMEOUT=9s", "GATEWAY_LOG_FORMAT=json"} {
		put("keys", "two "+hashOf("second-key")+"\n")
		put("settings", settings(fixed))
		before := len(g.log.String())
		g.reload(t, logNotReloaded)
		name, _, _ := strings.Cut(fixed, "=")
		if !strings.Contains(g.log.String()[before:], name+" cannot change") {
			t.Errorf("%s: the log says %s", fixed, g.log.String()[before:])
		}
		expect(fixed, 400, 400, 200, 200)
	}

	// A file that cannot be read keeps its previous content, and the rest applies: a key is
	// revoked although a document is invalid.
	put("settings", settings())
	put("keys", "one abc\n")
	g.reload(t, logReloadedInPart)
	expect("a truncated key file", 200, 200, 200, 200)
	put("keys", "")
	g.reload(t, logReloadedInPart)
	expect("an empty key file", 200, 200, 200, 200)
	put("keys", "two "+hashOf("second-key")+"\n")
	put("documents/bad.graphql", "{sync")
	g.reload(t, logReloadedInPart)
	expect("an incomplete document", 401, 200, 200, 200)
	for _, count := range []string{`result="partial"} 3`, `result="whole"} 3`} {
		if !strings.Contains(do(t, "GET", g.admin+"/metrics", "").body, "census_gateway_reloads_total{"+count) {
			t.Errorf("the metrics have no %s", count)
		}
	}

	// The log level changes without a restart.
	put("settings", settings("GATEWAY_LOG_LEVEL=debug"))
	g.reload(t, logReloadedInPart)
	g.post(t, body("{syncs(first:1){totalCount}}", nil), "X-API-Key", "second-key").answered(t)
	g.log.wait(t, `(level=DEBUG msg="census call")`)

	put("settings", settings("GATEWAY_ONLY_TRUSTED_DOCUMENTS=true"))
	if err := os.Remove(at("documents/bad.graphql")); err != nil {
		t.Fatal(err)
	}
	put("keys", "two "+hashOf("second-key")+"\n")
	g.reload(t, logReloaded)
	expect("with trusted documents only", 401, 403, 200, 200)
	if strings.Contains(g.log.String(), hashOf("second-key")) {
		t.Error("the log contains a key's hash")
	}
}

// No request is lost or answered in part, however often the settings change.
func TestReloadUnderLoad(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_API_KEYS_FILE="+write(t, "keys", "one "+hashOf("a-key")+"\n"))...)
	var done atomic.Bool
	var callers sync.WaitGroup
	for range 6 {
		callers.Go(func() {
			for !done.Load() {
				a, err := send("POST", "http://"+g.host+"/graphql", body("{sync(id:52){label runs(first:20){nodes{id}}}}", nil), "Content-Type", asJSON, "X-API-Key", "a-key")
				if err != nil || a.status != 200 || a.code() != "" || !strings.HasSuffix(a.body, "}}}") {
					t.Errorf("%v %d %.200s", err, a.status, a.body)
				}
			}
		})
	}
	for range 30 {
		g.reload(t, logReloaded)
	}
	done.Store(true)
	callers.Wait()
}

// A reload does not reset the rates of callers.
func TestReloadKeepsRates(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_RATE=0.01", "GATEWAY_BURST=1")...)
	ask := func() int { return g.query(t, "{sync(id:52){id}}", nil).status }
	if a, b := ask(), ask(); a != 200 || b != 429 {
		t.Fatalf("%d, %d", a, b)
	}
	g.reload(t, logReloaded)
	if got := ask(); got != 429 {
		t.Errorf("after SIGHUP: %d", got)
	}
	if got := g.do(t, "GET", "/schema.graphql", "").status; got != 429 {
		t.Errorf("the schema: %d", got)
	}
}
