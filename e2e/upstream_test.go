package e2e

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// One of two syncs fails in every way in which Census, or a proxy before it, may fail. The other
// sync is answered. The error has the path of the failed sync and a code that says what to do. Time
// and memory stay limited, and no internals leak.
func TestFaultsOfCensus(t *testing.T) {
	t.Parallel()
	const ok = ""
	c := newCensus(t, sim.Options{Empty: true, Token: censusToken})
	swap := func(r []json.RawMessage) []json.RawMessage { r[0] = r[1]; return r }
	garbled := func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		w.Header().Set("Content-Encoding", "gzip")
		honest.ServeHTTP(w, r)
	}
	good := itoa(c.fill(1, 5)[0])
	for _, m := range []struct {
		name  string
		do    sim.Effect
		times int    // number of calls that it affects; 0: all
		want  string // the expected code; "": success
		calls int    // maximum number of calls for the bad sync
	}{
		{"hangs", sim.Hang(), 0, "UPSTREAM_TIMEOUT", 1},
		{"hangs after the headers", sim.HangAfterHeaders(), 0, "UPSTREAM_TIMEOUT", 1},
		{"drips", sim.Drip(1, 50*time.Millisecond), 0, "UPSTREAM_TIMEOUT", 1},
		{"slow but good", sim.Delay(100 * time.Millisecond), 0, ok, 1},
		{"drips but ends in time", sim.Drip(500, time.Millisecond), 0, ok, 1},
		{"cut", sim.Cut(300), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"an invalid chunk", sim.NotHTTP("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"not HTTP", sim.NotHTTP("SSH-2.0-OpenSSH_9.6\r\n"), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"not gzip", garbled, 0, "UPSTREAM_UNAVAILABLE", 3},
		{"reset", sim.Reset(), 0, "UPSTREAM_UNAVAILABLE", 6},
		{"closed", sim.Close(), 0, "UPSTREAM_UNAVAILABLE", 6},
		{"reset once", sim.Reset(), 1, ok, 2},
		{"503 once", sim.HTML(503), 1, ok, 2},
		{"invalid JSON", sim.JSON(200, `{"status":"success","data":[`), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"HTML with 200", sim.HTML(200), 0, "UPSTREAM_UNAVAILABLE", 1},
		{"empty", sim.JSON(200, ""), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"204", sim.Status(204, "", ""), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"NaN", sim.Field("records_failed", "NaN"), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"an error with 200", sim.Refusal(200, "no"), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"data null", sim.JSON(200, `{"status":"success","data":null}`), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"data an object", sim.JSON(200, `{"status":"success","data":{}}`), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"deep", sim.Deep(100_000), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"huge", sim.Huge(1000), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"a gzip bomb", sim.GzipBomb(200), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"a huge header", sim.HugeHeader(1 << 18), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"a huge 500", sim.Status(500, "text/html", strings.Repeat("x", 1<<20)), 0, "UPSTREAM_UNAVAILABLE", 2},
		{"a byte order mark", sim.BOM(), 0, ok, 1},
		{"an unknown status", sim.Field("status", `"defrosting"`), 0, ok, 1},
		{"null counts", sim.Field("records_failed", "null"), 0, ok, 1},
		{"no pagination", sim.Field("pagination", "null"), 0, ok, 2},
		{"pages without end", sim.EndlessPages(), 0, ok, 1},
		{"duplicate rows", sim.Rows(swap), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"another sync's rows", sim.ChangeRequest(func(r *http.Request) { r.URL.Path = "/api/v1/syncs/1/sync_runs" }), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"a cookie", sim.SetCookie("session=CANARY"), 0, ok, 1},
		{"400", sim.Refusal(400, "no"), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"401", sim.Status(401, "text/plain", "HTTP Token: Access denied.\n"), 0, "UPSTREAM_UNAUTHENTICATED", 1},
		{"401 that repeats the token", sim.EchoAuthorization(401), 0, "UPSTREAM_UNAUTHENTICATED", 1},
		{"402", sim.JSON(402, `{"status":402}`), 0, "UPSTREAM_FORBIDDEN", 1},
		{"451", sim.HTML(451), 0, "UPSTREAM_FORBIDDEN", 1},
		{"404 in a 200", sim.JSON(200, `{"status":404}`), 0, "NOT_FOUND", 1},
		{"403", sim.JSON(403, `{"status":403}`), 0, "UPSTREAM_FORBIDDEN", 1},
		{"404", sim.JSON(404, `{"status":404}`), 0, "NOT_FOUND", 1},
		{"410", sim.JSON(410, ``), 0, "NOT_FOUND", 1},
		{"422", sim.JSON(422, `{}`), 0, "UPSTREAM_BAD_RESPONSE", 1},
		{"429 for a day", sim.Throttle("86400"), 0, "UPSTREAM_RATE_LIMITED", 1},
		{"429 for a second", sim.Throttle("1"), 1, ok, 2},
		{"500", sim.HTML(500), 0, "UPSTREAM_UNAVAILABLE", 2},
		{"502", sim.HTML(502), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"504", sim.HTML(504), 0, "UPSTREAM_UNAVAILABLE", 3},
		{"a redirect in a circle", sim.Redirect(302, "/api/v1/syncs/1/sync_runs"), 0, "UPSTREAM_GONE", 1},
		{"a redirect inside", sim.Redirect(307, "http://169.254.169.254/latest/meta-data"), 0, "UPSTREAM_GONE", 1},
		{"a redirect to a file", sim.Redirect(301, "file:///etc/passwd"), 0, "UPSTREAM_GONE", 1},
	} {
		t.Run(m.name, func(t *testing.T) {
			// Each case has a new gateway, without state of earlier cases.
			var settings []string
			if m.want == "UPSTREAM_TIMEOUT" {
				settings = append(settings, "GATEWAY_OPERATION_TIMEOUT=1s")
			}
			g := start(t, c.settings(settings...)...)
			before := g.rss(t)
			bad := itoa(c.fill(1, 5)[0])
			c.ResetCalls()
			remove := c.Inject(sim.Fault{Match: sim.Path("/syncs/" + bad + "/sync_runs"), Times: m.times, Do: m.do})
			defer remove()
			a := g.query(t, "{good:sync(id:"+good+"){runs(first:3){nodes{id}}} bad:sync(id:"+bad+"){runs(first:3){nodes{id}}}}", nil)
			if a.status != 200 || a.code() != m.want || !strings.Contains(a.body, `"good":{"runs":{"nodes":[{`) {
				t.Errorf("got %d %s, want %s: %.400s", a.status, a.code(), m.want, a.body)
			}
			if m.want != ok && (len(a.Errors) != 1 || !slices.Equal(a.Errors[0].Path, []any{"bad", "runs"}) || !strings.Contains(a.body, `"bad":{"runs":null}`)) {
				t.Errorf("wrong path or data: %.400s", a.body)
			}
			if strings.Contains(a.body, "CANARY") || a.header.Get("Set-Cookie") != "" {
				t.Errorf("%v %s", a.header, a.body)
			}
			if n := strings.Count(strings.Join(c.Calls(), "\n"), "GET /syncs/"+bad+"/"); n > m.calls {
				t.Errorf("%d calls, want at most %d", n, m.calls)
			}
			if grown := g.rss(t) - before; grown > 80 {
				t.Errorf("%d MiB more memory", grown)
			}
		})
	}
}

// A sync that always answers 429 costs other syncs nothing, however often it is requested. The
// client receives the time until the next possible call.
func TestOneRateLimitedSync(t *testing.T) {
	t.Parallel()
	for _, header := range []string{"86400", "Fri, 31 Dec 2199 23:59:59 GMT", "99999999999999999999"} {
		c := newCensus(t, sim.Options{Empty: true, Token: censusToken})
		ids := c.fill(6, 3)
		g := start(t, c.settings("GATEWAY_PAGE_CACHE=0", "GATEWAY_ANSWER_CACHE=0")...)
		bad := "/syncs/" + itoa(ids[0])
		c.Inject(sim.Fault{Match: func(r *http.Request) bool {
			return strings.HasSuffix(r.URL.Path, bad) || strings.HasSuffix(r.URL.Path, bad+"/sync_runs")
		}, Do: sim.Throttle(header)})
		for range 10 {
			a := g.query(t, `{syncs{nodes{id latestRun{id}}}}`, nil)
			if a.status != 200 || len(a.Errors) != 1 || a.code() != "UPSTREAM_RATE_LIMITED" || strings.Count(a.body, `"latestRun":{"id"`) != len(ids)-1 {
				t.Errorf("%s: %d %.600s", header, a.status, a.body)
				continue
			}
			if s := a.Errors[0].Extensions.RetryAfterSeconds; s < 30 || s > 60 {
				t.Errorf("%s: retry after %v s", header, s)
			}
		}
		if n := strings.Count(strings.Join(c.takeRequests(), "\n"), bad+"/sync_runs"); n != 1 {
			t.Errorf("%s: %d calls of the sync, want 1", header, n)
		}
	}
}

// A Census that cannot be reached is reported without internal error texts.
func TestCensusUnreachable(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	for _, url := range []string{"http://127.0.0.1:1/api/v1", "http://census.invalid/api/v1", strings.Replace(c.url, "http:", "https:", 1)} {
		g := start(t, "CENSUS_BASE_URL="+url, "CENSUS_API_TOKEN="+censusToken, "GATEWAY_ALLOW_HTTP=true", "GATEWAY_OPERATION_TIMEOUT=1s")
		a := g.query(t, "{sync(id:52){label}}", nil)
		if len(a.Errors) != 1 || !slices.Contains([]string{"UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT"}, a.code()) || strings.Contains(a.body, "census.invalid") {
			t.Errorf("%s: %d %s", url, a.status, a.body)
		}
		g.log.wait(t, `(Census cannot be used)`)
	}
}
