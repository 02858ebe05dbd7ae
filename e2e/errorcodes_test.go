package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// The log line and the metric have the same code as the answer, no matter which layer rejected the
// request.
func TestCodesAreCounted(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_API_KEYS=one:"+hashOf("a-key"), "GATEWAY_RATE=0.01", "GATEWAY_BURST=10")...)
	const good = `{"query":"{sync(id:52){label}}"}`
	key := []string{"X-API-Key", "a-key"}
	ask := func(method, body string, headers ...string) answer {
		return g.do(t, method, "/graphql", body, append([]string{"Content-Type", asJSON}, headers...)...)
	}
	for name, a := range map[string]answer{
		"good":         ask("POST", good, key...),
		"no key":       ask("POST", good),
		"forged":       ask("POST", good, append(key, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")...),
		"no JSON":      ask("POST", "{", key...),
		"not accepted": ask("POST", good, append(key, "Accept", "image/png")...),
		"a method":     ask("PUT", good, key...),
		"too long":     ask("POST", strings.Repeat(" ", 300_000), key...),
		"no field":     ask("POST", `{"query":"{nothing}"}`, key...),
		"a bad first":  ask("POST", `{"query":"{sync(id:52){runs(first:-1){nodes{id}}}}"}`, key...),
		"no such sync": ask("POST", `{"query":"{sync(id:987654){label}}"}`, key...),
		"no document":  ask("POST", `{"documentId":"x"}`, key...),
	} {
		checkLogAndMetric(t, g, name, a)
	}
	for range 10 {
		if a := ask("POST", good, key...); a.status == 429 {
			checkLogAndMetric(t, g, "too many", a)
			return
		}
	}
	t.Error("no request exceeded the rate")
}

func checkLogAndMetric(t *testing.T, g *gateway, name string, a answer) {
	t.Helper()
	t.Logf("%s: %d %s", name, a.status, a.code())
	want := "OK"
	if a.code() != "" {
		want = a.code()
	}
	var line string
	until(t, "a line in the log for "+name, func() bool {
		_, line, _ = strings.Cut(g.log.String(), "msg=operation request_id="+a.header.Get("X-Request-Id"))
		line, _, _ = strings.Cut(line, "\n")
		return line != ""
	})
	if _, codes, _ := strings.Cut(line, "codes=["); want == "OK" && codes != "" || want != "OK" && !strings.HasPrefix(codes, want+"]") {
		t.Errorf("%s: %d %s, and the log says %s", name, a.status, want, line)
	}
	if count := fmt.Sprintf(`code="%s"`, want); !strings.Contains(do(t, "GET", g.admin+"/metrics", "").body, count) {
		t.Errorf("%s: no metric with %s", name, count)
	}
}

// A client that disconnects before the answer does not count as a failure of Census.
func TestCanceledRequestIsNoTimeout(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	c.Inject(sim.Fault{Do: sim.Hang()})
	g := start(t, c.settings()...)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", "http://"+g.host+"/graphql", strings.NewReader(`{"query":"{sync(id:52){label}}"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", asJSON)
	if _, err := client.Do(r); err == nil {
		t.Fatal("an answer although Census hangs")
	}
	g.log.wait(t, `msg=operation .*(codes=\[CANCELED\])`)
}
