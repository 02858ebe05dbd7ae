package sim

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
	"time"
)

// viaBothTransports runs a test over a socket and in process: a fault looks the same.
func viaBothTransports(t *testing.T, test func(t *testing.T, c *Census, ask func(ctx context.Context) (*http.Response, string, error))) {
	for _, name := range []string{"socket", "process"} {
		t.Run(name, func(t *testing.T) {
			c, _ := startAt(noon, Options{Empty: true})
			for _, id := range []int64{41, 52} {
				c.AddSync(Sync{ID: id})
				for range 9 {
					c.AddRun(id, Run{})
				}
			}
			server := httptest.NewServer(c)
			t.Cleanup(server.Close)
			rt := c.Transport()
			if name == "socket" {
				rt = server.Client().Transport
			}
			test(t, c, func(ctx context.Context) (*http.Response, string, error) {
				r, _ := http.NewRequestWithContext(ctx, "GET", server.URL+"/api/v1/syncs/52/sync_runs?per_page=2", nil)
				r.Header.Set("Authorization", "Bearer token-canary")
				a, err := rt.RoundTrip(r)
				if err != nil {
					return nil, "", err
				}
				defer a.Body.Close()
				body, err := io.ReadAll(a.Body)
				return a, string(body), err
			})
		})
	}
}

func TestFaultsThatAnswer(t *testing.T) {
	long := strings.Repeat("[", 5000)
	for name, test := range map[string]struct {
		do     Effect
		code   int
		header string // "Name: value"
		has    string // of the body
		exact  bool
	}{
		"empty 500":       {Status(500, "", ""), 500, "", "", true},
		"502 page":        {HTML(502), 502, "Content-Type: text/html", "<h1>Bad Gateway</h1>", false},
		"200 page":        {HTML(200), 200, "Content-Type: text/html", "<html>", false},
		"empty 200":       {Status(200, "application/json", ""), 200, "", "", true},
		"204":             {Status(204, "", ""), 204, "", "", true},
		"refused":         {Refusal(400, "no"), 400, "", `{"status":"error","message":"no"}`, true},
		"refused in 200":  {Refusal(200, "no"), 200, "", `{"status":"error","message":"no"}`, true},
		"404":             {JSON(404, `{"status":404}`), 404, "", `{"status":404}`, true},
		"410":             {JSON(410, `{"status":410}`), 410, "", `{"status":410}`, true},
		"425":             {Refusal(425, "not yet"), 425, "", `"message":"not yet"`, false},
		"429 in seconds":  {Throttle("2"), 429, "Retry-After: 2", `{"status":429}`, true},
		"429 as date":     {ThrottleUntil(noon), 429, "Retry-After: Wed, 04 Mar 2026 12:23:45 GMT", "", false},
		"429 nonsense":    {Throttle("soon"), 429, "Retry-After: soon", "", false},
		"429 bare":        {Throttle(""), 429, "Retry-After: ", "", false},
		"redirect":        {Redirect(302, "http://other.test/"), 302, "Location: http://other.test/", "", true},
		"slow":            {Delay(time.Millisecond), 200, "", `"total_records"`, false},
		"dripping":        {Drip(400, time.Microsecond), 200, "", `"total_records"`, false},
		"slow and wrong":  {Chain(Delay(time.Millisecond), HTML(504)), 504, "", "504", false},
		"deep":            {Deep(5000), 200, "", long, false},
		"huge":            {Huge(2), 200, "", strings.Repeat("x", 2<<20) + `"}`, false},
		"bomb":            {GzipBomb(2), 200, "", strings.Repeat("x", 2<<20) + `"}`, false},
		"huge header":     {HugeHeader(9000), 200, "X-Padding: " + strings.Repeat("x", 9000), `"data"`, false},
		"unknown status":  {Replace(`"status":"completed"`, `"status":"defrosting"`), 200, "", `"status":"defrosting"`, false},
		"text id":         {Field("id", `"7"`), 200, "", `{"status":"success","data":[{"id":"7","created_at"`, false},
		"NaN":             {Field("records_failed", "NaN"), 200, "", `"records_failed":NaN,"scheduled`, false},
		"null data":       {Field("data", "null"), 200, "", `{"status":"success","data":null,"next"`, false},
		"no reason":       {Field("sync_trigger_reason", ""), 200, "", `"full_sync":false,"x_exec`, false},
		"no pagination":   {Field("pagination", ""), 200, "", `&per_page=2"}`, false},
		"rows twice":      {Rows(func(r []json.RawMessage) []json.RawMessage { return append(r, r...) }), 200, "", `},{`, false},
		"rows lost":       {Rows(func([]json.RawMessage) []json.RawMessage { return nil }), 200, "", `"data":null,"next"`, false},
		"per_page 7":      {IgnorePerPage(7), 200, "", `"per_page":7`, false},
		"page 3":          {SamePage(3), 200, "", `"page":3`, false},
		"endless":         {Chain(EndlessPages(), SamePage(99999)), 200, "", `"next_page":2,"last_page":1000000`, false},
		"another's runs":  {ChangeRequest(func(r *http.Request) { r.URL.Path = "/api/v1/syncs/41/sync_runs" }), 200, "", `"sync_id":41`, false},
		"byte order mark": {BOM(), 200, "", "\ufeff{", false},
		"echo":            {EchoAuthorization(400), 400, "", "Bearer token-canary", false},
		"cookie":          {SetCookie("a=b"), 200, "Set-Cookie: a=b", `"data"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			viaBothTransports(t, func(t *testing.T, c *Census, ask func(context.Context) (*http.Response, string, error)) {
				remove := c.Inject(Fault{Do: test.do})
				a, body, err := ask(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if a.StatusCode != test.code {
					t.Errorf("status %d, want %d", a.StatusCode, test.code)
				}
				if !strings.Contains(body, test.has) || test.exact && body != test.has {
					t.Errorf("body %.300q, want %.300q", body, test.has)
				}
				if k, v, ok := strings.Cut(test.header, ": "); ok && a.Header.Get(k) != v {
					t.Errorf("%s is %.100q, want %.100q", k, a.Header.Get(k), v)
				}
				remove()
				if a, body, err := ask(t.Context()); err != nil || a.StatusCode != 200 || !strings.Contains(body, `"per_page":2`) {
					t.Errorf("after the fault: %v %.200s %v", a, body, err)
				}
			})
		})
	}
}

func TestFaultsThatBreak(t *testing.T) {
	for name, test := range map[string]struct {
		do   Effect
		want error // nil: any
	}{
		"cut":      {Cut(300), io.ErrUnexpectedEOF},
		"closed":   {Close(), io.EOF},
		"reset":    {Reset(), syscall.ECONNRESET},
		"not HTTP": {NotHTTP("SSH-2.0-OpenSSH_9.6\r\n\r\n"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			viaBothTransports(t, func(t *testing.T, c *Census, ask func(context.Context) (*http.Response, string, error)) {
				defer c.Inject(Fault{Do: test.do})()
				_, body, err := ask(t.Context())
				if err == nil || test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("got %v and %d bytes, want %v", err, len(body), test.want)
				}
				if name == "cut" && len(body) != 300 {
					t.Errorf("%d bytes before the cut", len(body))
				}
			})
		})
	}
}

func TestFaultsThatHang(t *testing.T) {
	for name, do := range map[string]Effect{
		"silent":        Hang(),
		"after headers": HangAfterHeaders(),
		"drip":          Drip(1, time.Hour),
		"delay":         Delay(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			viaBothTransports(t, func(t *testing.T, c *Census, ask func(context.Context) (*http.Response, string, error)) {
				defer c.Inject(Fault{Do: do})()
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
				defer cancel()
				if _, _, err := ask(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestFaultsAreChosen(t *testing.T) {
	c, _ := startAt(noon, Options{})
	c.Inject(Fault{Match: Path("/syncs/52"), Times: 2, Do: HTML(502)})
	c.Inject(Fault{Match: func(r *http.Request) bool { return r.Method == "POST" }, Do: HTML(503)})
	for i, want := range []int{502, 502, 200} {
		if code, _ := get(t, c, "/syncs/52"); code != want {
			t.Errorf("call %d: %d, want %d", i, code, want)
		}
	}
	if code, _ := get(t, c, "/syncs/53"); code != 200 {
		t.Errorf("another path: %d", code)
	}
	before := len(c.Runs(88))
	if code, _ := call(t, c, "POST", "/syncs/88/trigger", ""); code != 503 || len(c.Runs(88)) != before {
		t.Errorf("a faulty trigger: %d, %d new runs", code, len(c.Runs(88))-before)
	}
}
