package edge

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"census-gateway/internal/errcodes"
)

// TestCSRFByContentType sends the requests that a page of a foreign origin can send, over real
// HTTP, in the forms of a browser.
func TestCSRFByContentType(t *testing.T) {
	server := httptest.NewServer(CSRF(mustOrigins(t, false, allowed...))(served))
	defer server.Close()
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	parts.WriteField("query", "{syncs{id}}")
	parts.Close()
	const query = `{"query":"{syncs{id}}"}`
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", parts.FormDataContentType(), "", "application/json"} {
		body := query
		if strings.HasPrefix(contentType, "multipart/") {
			body = form.String()
		}
		post := func(headers ...string) *http.Response {
			r, _ := http.NewRequest("POST", server.URL, strings.NewReader(body))
			if contentType != "" {
				r.Header.Set("Content-Type", contentType)
			}
			for _, line := range headers {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Add(name, value)
			}
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { res.Body.Close() })
			return res
		}
		for _, origin := range foreign {
			checkRefusal(t, post("Origin: "+origin), 403, errcodes.Forbidden)
			checkRefusal(t, post("Origin: "+origin, "Sec-Fetch-Site: cross-site"), 403, errcodes.Forbidden)
		}
		checkRefusal(t, post("Origin: "+allowed[0], "Origin: "+allowed[0]), 403, errcodes.Forbidden)
		checkPassed(t, post("Origin: "+allowed[0], "Sec-Fetch-Site: cross-site"))
		checkPassed(t, post("Origin: "+server.URL, "Sec-Fetch-Site: same-origin"))
		checkPassed(t, post("Origin: "+server.URL)) // an older browser
		checkPassed(t, post())                      // no browser; what it may send is the transport's affair
	}
}

func TestCSRF(t *testing.T) {
	listed := CSRF(mustOrigins(t, false, allowed...))(served)
	star := CSRF(mustOrigins(t, true, "*"))(served)
	target := "/graphql?query=" + url.QueryEscape("{syncs{id}}")
	const (
		cross, same, typed = "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Sec-Fetch-Site: none"
		evil, app          = "Origin: https://evil.test", "Origin: https://app.example.com"
		firefox            = "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	)
	for _, c := range []struct {
		name    string
		method  string
		headers []string
		listed  bool // passes with a list
		star    bool // passes with "*"
	}{
		{"curl", "GET", []string{"User-Agent: curl/8.5.0", "Accept: */*"}, true, true},
		{"no user agent", "GET", nil, true, true},
		{"image on a foreign page", "GET", []string{cross, firefox}, false, false},
		{"image on a page of the same site", "GET", []string{same, firefox}, false, false},
		{"image, plain http to another machine", "GET", []string{firefox}, false, false},
		{"link typed by the user", "GET", []string{typed, firefox}, true, true},
		{"own page", "GET", []string{"Sec-Fetch-Site: same-origin", firefox}, true, true},
		{"own page, older browser", "GET", []string{"Origin: http://example.com", firefox}, true, true},
		{"an app with our host's name", "POST", []string{"Origin: app://example.com"}, false, false},
		{"fetch of a foreign page", "GET", []string{cross, evil, firefox}, false, false},
		{"fetch of a foreign page with header", "GET", []string{cross, evil, "X-Requested-With: x"}, false, true},
		{"fetch of an allowed page", "GET", []string{cross, app, firefox}, true, false},
		{"unknown word in Sec-Fetch-Site", "GET", []string{"Sec-Fetch-Site: whatever"}, false, false},
		{"X-Requested-With", "GET", []string{cross, "X-Requested-With: XMLHttpRequest"}, true, true},
		{"GraphQL-Require-Preflight", "GET", []string{cross, "GraphQL-Require-Preflight: 1"}, true, true},
		{"Apollo-Require-Preflight", "GET", []string{cross, "Apollo-Require-Preflight: true"}, true, true},
		{"empty header", "GET", []string{cross, "X-Requested-With: "}, false, false},
		{"bearer", "GET", []string{firefox, "Authorization: Bearer x"}, true, true},
		{"basic, which browsers add", "GET", []string{firefox, basic("bearer:x")}, false, false},
		{"application/json", "GET", []string{cross, "Content-Type: application/json; charset=utf-8"}, true, true},
		{"text/plain", "GET", []string{cross, "Content-Type: text/plain"}, false, false},
		{"text/plain that looks like JSON", "GET", []string{cross, "Content-Type: text/plain; x=application/json"}, false, false},
		{"unreadable type", "GET", []string{cross, "Content-Type: application/json, text/plain"}, false, false},
		{"two types", "GET", []string{cross, "Content-Type: text/plain", "Content-Type: application/json"}, false, false},
		{"two types, JSON first", "GET", []string{cross, "Content-Type: application/json", "Content-Type: text/plain"}, false, false},
		{"HEAD counts as GET", "HEAD", []string{cross}, false, false},
		{"preflight", "OPTIONS", []string{cross, evil}, true, true},
		{"POST with JSON, foreign", "POST", []string{cross, evil, "Content-Type: application/json"}, false, true},
		{"form, foreign", "POST", []string{cross, evil, "Content-Type: application/x-www-form-urlencoded"}, false, false},
		{"form, sandboxed", "POST", []string{cross, "Origin: null", "Content-Type: text/plain"}, false, false},
		{"POST with JSON, origin left out", "POST", []string{firefox, "Content-Type: application/json"}, true, true},
		{"WebSocket of a foreign page", "GET", []string{evil, cross, "Upgrade: websocket"}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			for h, pass := range map[*http.Handler]bool{&listed: c.listed, &star: c.star} {
				res := serve(*h, request(c.method, target, c.headers...))
				body, _ := io.ReadAll(res.Body)
				if pass != (res.StatusCode == 200) || !pass && res.StatusCode != 403 {
					t.Errorf(`"*" %v: %d %s`, h == &star, res.StatusCode, body)
				}
			}
		})
	}
}

// A request that a page could make a browser load is rejected, and no page may embed the refusal.
// Requests that pass were made on purpose.
func TestEmbedding(t *testing.T) {
	h := Chain(served, SecurityHeaders, CSRF(mustOrigins(t, false, allowed...)))
	for site, want := range map[string]string{"cross-site": "same-origin", "same-site": "same-origin", "same-origin": ""} {
		res := serve(h, request("GET", "/graphql?query={a}", "Sec-Fetch-Site: "+site, "Sec-Fetch-Mode: no-cors", "User-Agent: Mozilla/5.0"))
		if got := res.Header.Get("Cross-Origin-Resource-Policy"); got != want || (res.StatusCode == http.StatusOK) != (want == "") {
			t.Errorf("%s: %d, policy %q", site, res.StatusCode, got)
		}
	}
}
