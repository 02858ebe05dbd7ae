package edge

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"census-gateway/internal/errcodes"
)

func TestParseOrigins(t *testing.T) {
	for in, want := range map[string]string{
		"https://app.example.com":                              "https://app.example.com",
		"HTTPS://App.Example.com:443":                          "https://app.example.com",
		"http://localhost:3000":                                "http://localhost:3000",
		"http://example.com:80":                                "http://example.com",
		"https://example.com:80":                               "https://example.com:80",
		"http://[::1]:8080":                                    "http://[::1]:8080",
		"https://xn--bcher-kva.example":                        "https://xn--bcher-kva.example",
		"altair://-":                                           "altair://-",
		"capacitor://localhost":                                "capacitor://localhost",
		"tauri://localhost":                                    "tauri://localhost",
		"App://Notes.md":                                       "app://Notes.md",
		"chrome-extension://flnheeellpciglgpaodhkhmapeljopja":  "chrome-extension://flnheeellpciglgpaodhkhmapeljopja",
		"moz-extension://0ba4ac5e-1f2d-4a5e-9f0f-3f9f6d1c7a11": "moz-extension://0ba4ac5e-1f2d-4a5e-9f0f-3f9f6d1c7a11",
	} {
		o, err := ParseOrigins([]string{in}, false)
		if err != nil || !o.allows(want) || len(o.exact) != 1 {
			t.Errorf("%s: %v, %v", in, o, err)
		}
	}
	for _, in := range []string{"", "null", "*", "app.example.com", "https://", "https://app.example.com/", "https://app.example.com/x",
		"https://app.example.com?x", "https://app.example.com?", "https://app.example.com#", "https://u:p@app.example.com",
		"ftp://app.example.com", "javascript:alert(1)", "file://", "file://host", "data://x", "//host", "capacitor://", "capacitor://localhost/", "capacitor://*", "a b://c", "https://*.example.com", "https://a,b", "https://bücher.example",
		"https://app.example.com:0", "https://app.example.com:65536", "https://app.example.com:", "https://app.example.com:x",
		"https://app.example.com https://b.example.com", "https://app.example.com\r\nX: y", `https://app.example.com\@evil.test`} {
		if o, err := ParseOrigins([]string{"https://ok.example.com", in}, false); err == nil {
			t.Errorf("%q was accepted: %v", in, o)
		}
	}
	if o, err := ParseOrigins([]string{"*"}, true); err != nil || !o.allows("https://any.test") || o.allows("") {
		t.Errorf(`"*" with own credentials: %v, %v`, o, err)
	}
	if (Origins{}).allows("https://app.example.com") || (Origins{}).allows("") || (Origins{}).allows("null") {
		t.Error("the zero Origins allow something")
	}
}

var allowed = []string{"https://app.example.com", "http://localhost:3000", "https://two.example.com:8443"}

// foreign origins: null, unknown ones, and look-alikes of the allowed ones.
var foreign = []string{"null", "https://evil.test", "https://app.example.com.evil.test", "https://evil-app.example.com",
	"https://xapp.example.com", "http://app.example.com", "https://app.example.com:444", "https://app.example.com:443",
	"https://app.example.com/", "https://app.example.co", "https://example.com", "https://APP.example.com", "http://localhost",
	"http://localhost:30000", "https://app.example.com,https://evil.test", "https://app.example.com@evil.test", "file://", "*"}

func mustOrigins(t *testing.T, own bool, list ...string) Origins {
	t.Helper()
	o, err := ParseOrigins(list, own)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestCORS(t *testing.T) {
	server := httptest.NewServer(CORS(mustOrigins(t, false, allowed...))(served))
	defer server.Close()
	do := func(method string, headers ...string) *http.Response {
		t.Helper()
		r := request(method, server.URL, headers...)
		r.RequestURI, r.Host = "", ""
		res, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { res.Body.Close() })
		return res
	}
	preflight := []string{"Access-Control-Request-Method: POST", "Access-Control-Request-Headers: baggage,content-type, sentry-trace,x-datadog-trace-id"}

	for _, origin := range allowed {
		res := do("POST", "Origin: "+origin)
		checkPassed(t, res)
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != origin {
			t.Errorf("%s: allow-origin %q", origin, got)
		}
		if got := res.Header.Get("Access-Control-Expose-Headers"); got != corsExposed {
			t.Errorf("%s: expose %q", origin, got)
		}
		res = do("OPTIONS", append(preflight, "Origin: "+origin)...)
		h := res.Header
		if res.StatusCode != 204 || h.Get("Access-Control-Allow-Origin") != origin || h.Get("Access-Control-Allow-Methods") != corsMethods ||
			h.Get("Access-Control-Allow-Headers") != "baggage, content-type, sentry-trace, x-datadog-trace-id" ||
			h.Get("Access-Control-Max-Age") == "" {
			t.Errorf("%s: preflight %d %v", origin, res.StatusCode, h)
		}
		if len(h.Values("Access-Control-Allow-Credentials")) > 0 {
			t.Error("credentials mode is allowed")
		}
		if vary := strings.Join(h.Values("Vary"), ","); !strings.Contains(vary, "Origin") || !strings.Contains(vary, "Request-Headers") {
			t.Errorf("Vary %q", vary)
		}
	}
	for _, origin := range foreign {
		for _, res := range []*http.Response{do("POST", "Origin: "+origin), do("OPTIONS", append(preflight, "Origin: "+origin)...)} {
			for name := range res.Header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s: %s: %v", origin, name, res.Header[name])
				}
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Origin") {
				t.Errorf("%s: Vary %v", origin, res.Header.Values("Vary"))
			}
			if res.Request.Method == "OPTIONS" {
				checkRefusal(t, res, 403, errcodes.Forbidden)
			}
		}
	}
	if res := do("POST", "Origin: "+allowed[0], "Origin: https://evil.test"); res.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("two origins were allowed")
	}
	checkPassed(t, do("OPTIONS")) // not a preflight: the handler answers it
	checkPassed(t, do("OPTIONS", "Origin: "+allowed[0]))

	for name, c := range map[string]struct {
		method, headers string
		status          int
		allows          string
	}{
		"no header":           {"POST", "", 204, ""},
		"one header":          {"GET", "graphql-client-name", 204, "graphql-client-name"},
		"many headers":        {"POST", strings.Repeat("x-a,", 511) + "x-b", 204, strings.Repeat("x-a, ", 511) + "x-b"},
		"too many headers":    {"POST", strings.Repeat("x-a,", 512) + "x-b", 403, ""},
		"an empty name":       {"POST", "a,,b", 403, ""},
		"no name of a header": {"POST", "a b", 403, ""},
		"brackets":            {"POST", "<script>", 403, ""},
		"a wildcard":          {"POST", "*", 204, "*"},
		"another method":      {"DELETE", "", 403, ""},
	} {
		headers := []string{"Origin: " + allowed[0], "Access-Control-Request-Method: " + c.method}
		if c.headers != "" {
			headers = append(headers, "Access-Control-Request-Headers: "+c.headers)
		}
		res := do("OPTIONS", headers...)
		if got := res.Header.Get("Access-Control-Allow-Headers"); res.StatusCode != c.status || got != c.allows {
			t.Errorf("%s: %d, allows %.100q", name, res.StatusCode, got)
		}
	}

	all := CORS(mustOrigins(t, true, "*"))(served)
	if got := serve(all, request("POST", "/", "Origin: https://any.test")).Header.Get("Access-Control-Allow-Origin"); got != "*" {
		t.Errorf(`with "*": allow-origin %q`, got)
	}
}
