package e2e

import (
	"net/url"
	"strings"
	"testing"

	"census-gateway/upstream/sim"
)

const query52 = "?query=%7Bsync(id:52)%7Blabel%7D%7D"

// Requests that a page of another origin can send without a preflight are rejected.
func TestCSRF(t *testing.T) {
	t.Parallel()
	c := newCensus(t, sim.Options{})
	g := start(t, c.settings("GATEWAY_CORS_ORIGINS=https://app.example.com")...)
	good := body("{sync(id:52){label}}", nil)
	for _, origin := range []string{"https://evil.example", "null", "http://127.0.0.1.evil.example", "https://app.example.com.evil.example"} {
		for _, contentType := range []string{"text/plain", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", asJSON} {
			a := g.post(t, good, "Origin", origin, "Content-Type", contentType)
			a.refused(t, 403, forbidden)
		}
		g.do(t, "GET", "/graphql"+query52, "", "Origin", origin).refused(t, 403, forbidden)
	}
	for _, r := range []struct {
		name, method, path, body string
		headers                  []string
		status                   int
	}{
		{"a simple type without Origin", "POST", "/graphql", good, []string{"Content-Type", "text/plain"}, 415},
		{"a form without Origin", "POST", "/graphql", "query=%7Bsync(id:52)%7Blabel%7D%7D", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415},
		{"another form", "POST", "/graphql", "--x\r\nContent-Disposition: form-data; name=\"operations\"\r\n\r\n" + good + "\r\n--x--\r\n", []string{"Content-Type", "multipart/form-data; boundary=x"}, 415},
		{"no type", "POST", "/graphql", good, nil, 415},
		{"a link", "GET", "/graphql" + query52, "", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"an image", "GET", "/graphql" + query52, "", []string{"Sec-Fetch-Site", "same-site", "Sec-Fetch-Dest", "image"}, 403},
		{"an image in an old browser", "GET", "/graphql" + query52, "", []string{"User-Agent", "Mozilla/5.0"}, 403},
		{"a mutation in a link", "GET", "/graphql?query=mutation%7Ba%7D", "", nil, 400},
		{"a cross-site GET that was preflighted", "GET", "/graphql" + query52, "", []string{"Sec-Fetch-Site", "cross-site", "X-Requested-With", "x"}, 200},
		{"the listed origin", "POST", "/graphql", good, []string{"Content-Type", asJSON, "Origin", "https://app.example.com"}, 200},
		{"its own page", "POST", "/graphql", good, []string{"Content-Type", asJSON, "Origin", "http://" + g.host, "Sec-Fetch-Site", "same-origin"}, 200},
		{"curl", "GET", "/graphql" + query52, "", []string{"User-Agent", "curl/8.0"}, 200},
	} {
		c.takeRequests()
		if a := g.do(t, r.method, r.path, r.body, append(r.headers, "Accept", asGraphQL)...); a.status != r.status {
			t.Errorf("%s: got %d, want %d: %.200s", r.name, a.status, r.status, a.body)
		}
		if r.status != 200 {
			c.expectNoRequests(t)
		}
	}
}

// A page may read answers only if its origin is listed exactly.
func TestCORS(t *testing.T) {
	t.Parallel()
	closed := start(t)
	listed := start(t, "GATEWAY_CORS_ORIGINS=https://app.example.com,http://localhost:3000")
	any := start(t, "GATEWAY_CORS_ORIGINS=*", "GATEWAY_PASS_THROUGH=true")
	for _, o := range []struct {
		origin      string
		listed, any string // Access-Control-Allow-Origin
	}{
		{"https://app.example.com", "https://app.example.com", "*"},
		{"http://localhost:3000", "http://localhost:3000", "*"},
		{"https://evil.example", "", "*"},
		{"null", "", "*"},
		{"http://app.example.com", "", "*"},
		{"https://app.example.com:444", "", "*"},
		{"https://app.example.com.evil.example", "", "*"},
		{"https://evilapp.example.com", "", "*"},
		{"https://APP.example.com", "", "*"},
		{"https://app.example.com/", "", "*"},
		{"https://app.example.com, https://evil.example", "", "*"},
	} {
		for g, want := range map[*gateway]string{closed: "", listed: o.listed, any: o.any} {
			preflight := g.do(t, "OPTIONS", "/graphql", "", "Origin", o.origin, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type")
			get := g.do(t, "GET", "/graphql"+query52, "", "Origin", o.origin)
			for what, a := range map[string]answer{"preflight": preflight, "GET": get} {
				if got := a.header.Get("Access-Control-Allow-Origin"); got != want {
					t.Errorf("%s of %s allows %q, want %q", what, o.origin, got, want)
				}
				if a.header.Get("Access-Control-Allow-Credentials") != "" || !strings.Contains(strings.Join(a.header.Values("Vary"), ","), "Origin") {
					t.Errorf("%s of %s: %v", what, o.origin, a.header)
				}
			}
			if allowed := preflight.status == 204; allowed != (want != "") {
				t.Errorf("preflight of %s: %d", o.origin, preflight.status)
			}
		}
	}
}

// No part of a request is returned as HTML. No page can frame an answer or sniff its type.
func TestReflection(t *testing.T) {
	t.Parallel()
	g := start(t)
	const script = `<script>alert(1)</script>`
	html := []string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}
	for name, a := range map[string]answer{
		"GET":           g.do(t, "GET", "/graphql?query="+url.QueryEscape(script), "", html...),
		"GET, a field":  g.do(t, "GET", "/graphql?query="+url.QueryEscape(`{script(a:"`+script+`")}`), "", html...),
		"GET, an id":    g.do(t, "GET", "/graphql?query="+url.QueryEscape(`{sync(id:"`+script+`"){id}}`), "", html...),
		"only HTML":     g.do(t, "GET", "/graphql?query="+url.QueryEscape(script), "", "Accept", "text/html"),
		"POST":          g.post(t, script),
		"POST, a query": g.query(t, script, nil),
		"a variable":    g.query(t, "query($i:ID!){sync(id:$i){id}}", map[string]any{"i": script}),
		"a name":        g.post(t, `{"query":"{sync(id:52){id}}","operationName":"`+script+`"}`),
		"a header":      g.query(t, "{sync(id:0){id}}", nil, "X-Request-Id", script, "Traceparent", script),
		"a path":        g.do(t, "GET", "/"+url.PathEscape(script), ""),
	} {
		h := a.header
		if strings.Contains(h.Get("Content-Type"), "html") || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
			t.Errorf("%s: %v", name, h)
		}
		if strings.Contains(a.body, "<script") {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	page := g.do(t, "GET", "/", "", html...)
	policy := page.header.Get("Content-Security-Policy")
	if page.status != 200 || !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "script-src 'self'") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("the page: %d %s", page.status, policy)
	}
	if text := strings.ReplaceAll(page.body, "xmlns='http://www.w3.org/2000/svg'", ""); strings.Contains(text, "://") {
		t.Errorf("the page names another host:\n%s", page.body)
	}
}

// With DNS rebinding, a page's name resolves to this machine, but the browser still sends that name
// as Host.
func TestDNSRebinding(t *testing.T) {
	t.Parallel()
	open, named := start(t), start(t, "GATEWAY_HOSTS=gateway.test")
	keyed := start(t, "GATEWAY_SIMULATE=true", "GATEWAY_API_KEYS=a:"+strings.Repeat("ab", 32))
	for _, h := range []struct {
		host               string
		open, named, keyed int
	}{
		{"127.0.0.1", 200, 200, 401}, {"127.0.0.1:1", 200, 200, 401}, {"localhost:8080", 200, 200, 401}, {"[::1]:8080", 200, 200, 401}, {"LOCALHOST.", 200, 200, 401},
		{"gateway.test", 403, 200, 401}, {"gateway.test:8080", 403, 200, 401},
		{"evil.example", 403, 403, 401}, {"127.0.0.1.evil.example", 403, 403, 401}, {"localhost.evil.example", 403, 403, 401},
		{"192.168.1.1:8080", 403, 403, 401}, {"169.254.169.254", 403, 403, 401}, {"0.0.0.0", 403, 403, 401}, {"2130706433", 403, 403, 401}, {"127.1", 403, 403, 401},
	} {
		for g, want := range map[*gateway]int{open: h.open, named: h.named, keyed: h.keyed} {
			if a := g.do(t, "GET", "/graphql"+query52, "", "Host", h.host); a.status != want {
				t.Errorf("%s: got %d, want %d", h.host, a.status, want)
			}
		}
		if a := open.do(t, "GET", "/", "", "Host", h.host); a.status != h.open {
			t.Errorf("the page for %s: %d", h.host, a.status)
		}
		if a := do(t, "GET", named.admin+"/livez", "", "Host", h.host); a.status != h.named {
			t.Errorf("the operators' address for %s: %d", h.host, a.status)
		}
	}
}
