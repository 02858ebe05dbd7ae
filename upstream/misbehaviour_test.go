package upstream

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"census-gateway/upstream/calls"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
	"census-gateway/upstream/sim"
)

// A misbehaviour happens to the second of three syncs, whose runs are all requested at once.
type misbehaviour struct {
	name  string
	fault sim.Fault
	time  time.Duration // of the second one's caller
	want  string
	calls int // for the second one, at most

	census *sim.Census
	over   sync.WaitGroup
	errs   [3]error
	took   time.Duration
}

func (m *misbehaviour) start(t *testing.T) {
	var client *Client
	m.census, client = serve(t)
	for range m.errs {
		addSyncWithRuns(m.census, 5)
	}
	m.fault.Match = sim.Path("/syncs/2/sync_runs")
	m.census.Inject(m.fault)
	for i, patience := range []time.Duration{5 * time.Second, m.time, 5 * time.Second} {
		m.over.Go(func() {
			began := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			_, m.errs[i] = client.Runs(ctx, census.SyncID(i+1), paging.Window{Limit: 3})
			if i == 1 {
				m.took = time.Since(began)
			}
		})
	}
}

func (m *misbehaviour) check(t *testing.T) {
	m.over.Wait()
	checkVerdict(t, m.errs[0], "ok")
	checkVerdict(t, m.errs[1], m.want)
	checkVerdict(t, m.errs[2], "ok")
	if m.took > m.time+3*time.Second {
		t.Errorf("took %s, and the caller had %s", m.took, m.time)
	}
	if n := count(m.census.Calls(), "GET /syncs/2/"); n > m.calls {
		t.Errorf("%d calls, want at most %d", n, m.calls)
	}
	if err := m.errs[1]; err != nil && (strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "http://")) {
		t.Errorf("a secret in: %v", err)
	}
}

// Census or a proxy before it misbehaves towards one sync, over a real connection. That sync
// fails within limits, or not at all, and the others are answered. If the fault is slowness,
// the caller has a short deadline.
func TestMisbehaviour(t *testing.T) {
	const short, long = 150 * time.Millisecond, 5 * time.Second
	all := []misbehaviour{
		{name: "hangs", fault: sim.Fault{Do: sim.Hang()}, time: short, want: "timeout", calls: 1},
		{name: "hangs after the headers", fault: sim.Fault{Do: sim.HangAfterHeaders()}, time: short, want: "timeout", calls: 1},
		{name: "drips", fault: sim.Fault{Do: sim.Drip(1, 20*time.Millisecond)}, time: short, want: "timeout", calls: 1},
		{name: "429, then hangs", fault: sim.Fault{Do: sim.Then(sim.Throttle("0"), sim.Hang())}, time: 3 * time.Second, want: "timeout", calls: 2},
		{name: "401, then hangs", fault: sim.Fault{Do: refuseAndHang(401)}, time: 1500 * time.Millisecond, want: "unauthenticated", calls: 1},
		{name: "503, then hangs", fault: sim.Fault{Do: refuseAndHang(503)}, time: long, want: "unavailable", calls: 3},
		{name: "slow but good", fault: sim.Fault{Do: sim.Delay(20 * time.Millisecond)}, time: long, want: "ok", calls: 1},
		{name: "drips but gets there", fault: sim.Fault{Do: sim.Drip(500, time.Millisecond)}, time: long, want: "ok", calls: 1},

		{name: "cut for ever", fault: sim.Fault{Do: sim.Cut(300)}, time: long, want: "unavailable", calls: 3},
		{name: "a bad chunk", fault: sim.Fault{Do: sim.NotHTTP("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n")}, time: long, want: "unavailable", calls: 3},
		{name: "not HTTP", fault: sim.Fault{Do: sim.NotHTTP("SSH-2.0-OpenSSH_9.6\r\n")}, time: long, want: "unavailable", calls: 3},
		{name: "not gzip", fault: sim.Fault{Do: encoded("gzip")}, time: long, want: "unavailable", calls: 3},
		{name: "reset for ever", fault: sim.Fault{Do: sim.Reset()}, time: long, want: "unavailable", calls: 6},
		{name: "closed for ever", fault: sim.Fault{Do: sim.Close()}, time: long, want: "unavailable", calls: 6},
		{name: "reset once", fault: sim.Fault{Times: 1, Do: sim.Reset()}, time: long, want: "ok", calls: 2},
		{name: "closed once", fault: sim.Fault{Times: 1, Do: sim.Close()}, time: long, want: "ok", calls: 2},
		{name: "502 once", fault: sim.Fault{Times: 1, Do: sim.HTML(502)}, time: long, want: "ok", calls: 2},
		{name: "503 once", fault: sim.Fault{Times: 1, Do: sim.HTML(503)}, time: long, want: "ok", calls: 2},

		{name: "another protocol", fault: sim.Fault{Do: switchProtocols}, time: long, want: "bad_response", calls: 1},
		{name: "no JSON", fault: sim.Fault{Do: sim.JSON(200, `{"status":"success","data":[`)}, time: long, want: "bad_response", calls: 1},
		{name: "HTML with 200", fault: sim.Fault{Do: sim.HTML(200)}, time: long, want: "unavailable", calls: 1},
		{name: "HTML that is called JSON", fault: sim.Fault{Do: sim.JSON(200, "<html></html>")}, time: long, want: "bad_response", calls: 1},
		{name: "empty", fault: sim.Fault{Do: sim.JSON(200, "")}, time: long, want: "bad_response", calls: 1},
		{name: "204", fault: sim.Fault{Do: sim.HTML(204)}, time: long, want: "bad_response", calls: 1},
		{name: "NaN", fault: sim.Fault{Do: sim.Field("records_failed", "NaN")}, time: long, want: "bad_response", calls: 1},
		{name: "an error in a 200", fault: sim.Fault{Do: sim.Refusal(200, "no")}, time: long, want: "bad_response", calls: 1},
		{name: "data null", fault: sim.Fault{Do: sim.JSON(200, `{"status":"success","data":null}`)}, time: long, want: "bad_response", calls: 1},
		{name: "data an object", fault: sim.Fault{Do: sim.JSON(200, `{"status":"success","data":{}}`)}, time: long, want: "bad_response", calls: 1},
		{name: "deep JSON", fault: sim.Fault{Do: sim.Deep(100_000)}, time: long, want: "bad_response", calls: 1},

		{name: "a huge body", fault: sim.Fault{Do: sim.Huge(1000)}, time: long, want: "bad_response", calls: 1},
		{name: "a gzip bomb", fault: sim.Fault{Do: sim.GzipBomb(12)}, time: long, want: "bad_response", calls: 1},
		{name: "a huge header", fault: sim.Fault{Do: sim.HugeHeader(1 << 20)}, time: long, want: "unavailable", calls: 3},
		{name: "a huge 500", fault: sim.Fault{Do: sim.Status(500, "text/html", strings.Repeat("x", 1<<20))}, time: long, want: "unavailable", calls: 2},

		{name: "floats for ids", fault: sim.Fault{Do: sim.Replace(`,"created_at"`, `.0,"created_at"`)}, time: long, want: "ok", calls: 1},
		{name: "unknown status", fault: sim.Fault{Do: sim.Field("status", `"defrosting"`)}, time: long, want: "ok", calls: 1},
		{name: "null counts", fault: sim.Fault{Do: sim.Field("records_failed", "null")}, time: long, want: "ok", calls: 1},
		{name: "bad times", fault: sim.Fault{Do: sim.Field("updated_at", `"soon"`)}, time: long, want: "ok", calls: 1},
		{name: "a byte order mark", fault: sim.Fault{Do: sim.BOM()}, time: long, want: "ok", calls: 1},
		{name: "no pagination", fault: sim.Fault{Do: sim.Field("pagination", "null")}, time: long, want: "ok", calls: 2},
		{name: "a next page for ever", fault: sim.Fault{Do: sim.EndlessPages()}, time: long, want: "ok", calls: 1},
		{name: "ignores per_page", fault: sim.Fault{Do: sim.IgnorePerPage(25)}, time: long, want: "bad_response", calls: 1},
		{name: "duplicate rows", fault: sim.Fault{Do: sim.Rows(func(r []json.RawMessage) []json.RawMessage { r[0] = r[1]; return r })}, time: long, want: "bad_response", calls: 1},
		{name: "rows of another sync", fault: sim.Fault{Do: sim.ChangeRequest(func(r *http.Request) { r.URL.Path = "/api/v1/syncs/1/sync_runs" })}, time: long, want: "bad_response", calls: 1},

		{name: "400", fault: sim.Fault{Do: sim.Refusal(400, "no")}, time: long, want: "bad_response", calls: 1},
		{name: "401", fault: sim.Fault{Do: sim.Status(401, "text/plain", "HTTP Token: Access denied.\n")}, time: long, want: "unauthenticated", calls: 1},
		{name: "403", fault: sim.Fault{Do: sim.JSON(403, `{"status":403}`)}, time: long, want: "forbidden", calls: 1},
		{name: "404", fault: sim.Fault{Do: sim.JSON(404, `{"status":404}`)}, time: long, want: "not_found", calls: 1},
		{name: "410", fault: sim.Fault{Do: sim.JSON(410, ``)}, time: long, want: "not_found", calls: 1},
		{name: "422", fault: sim.Fault{Do: sim.JSON(422, `{}`)}, time: long, want: "bad_response", calls: 1},
		{name: "429 for ever", fault: sim.Fault{Do: sim.Throttle("soon")}, time: long, want: "rate_limited", calls: 3},
		{name: "500 for ever", fault: sim.Fault{Do: sim.HTML(500)}, time: long, want: "unavailable", calls: 2},
		{name: "504 for ever", fault: sim.Fault{Do: sim.HTML(504)}, time: long, want: "unavailable", calls: 3},
		{name: "redirects in a circle", fault: sim.Fault{Do: sim.Redirect(302, "/api/v1/syncs/2/sync_runs")}, time: long, want: "gone", calls: 1},
		{name: "a cookie", fault: sim.Fault{Do: sim.SetCookie("a=b")}, time: long, want: "ok", calls: 1},
		{name: "repeats the token", fault: sim.Fault{Do: sim.EchoAuthorization(400)}, time: long, want: "bad_response", calls: 1},
	}
	for i := range all {
		all[i].start(t)
	}
	for i := range all {
		t.Run(all[i].name, all[i].check)
	}
}

// serve returns a Census behind a socket, and a client as in production.
func serve(t *testing.T) (*sim.Census, *Client) {
	census := sim.New(sim.Options{Empty: true, Token: secret})
	srv := httptest.NewUnstartedServer(census)
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.Start()
	transport := calls.Transport(calls.DefaultMaxCalls)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		srv.Listener.Close()
		srv.CloseClientConnections() // of callers who have left, whose requests continue
		srv.Close()
	})
	return census, New(secret, Options{BaseURL: srv.URL + "/api/v1", Transport: transport})
}

// refuseAndHang sends a status and headers, and never the body.
func refuseAndHang(status int) sim.Effect {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.WriteHeader(status)
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
}

// switchProtocols answers 101, as if the client had asked for it, and waits.
func switchProtocols(w http.ResponseWriter, r *http.Request, _ http.Handler) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	defer conn.Close()
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	io.Copy(io.Discard, conn)
}

// encoded names an encoding that the body does not have.
func encoded(name string) sim.Effect {
	return func(w http.ResponseWriter, r *http.Request, honest http.Handler) {
		w.Header().Set("Content-Encoding", name)
		honest.ServeHTTP(w, r)
	}
}

func TestUnreachableCensus(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	_, err := New(secret, Options{BaseURL: srv.URL}).Sync(t.Context(), 52)
	checkVerdict(t, err, "unavailable")
}

// An invalid certificate is not retried.
func TestUntrustedCensus(t *testing.T) {
	srv := httptest.NewUnstartedServer(sim.New(sim.Options{}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	tries := 0
	observe := func(ctx context.Context, _ string) (context.Context, func(calls.Call)) {
		return ctx, func(c calls.Call) { tries = c.Tries }
	}
	_, err := New(secret, Options{BaseURL: srv.URL + "/api/v1", Observe: observe}).Sync(t.Context(), 52)
	checkVerdict(t, err, "unavailable")
	if tries != 1 {
		t.Errorf("%d tries", tries)
	}
}
