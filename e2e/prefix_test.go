package e2e

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// servePrefixed serves g below /census/ through a proxy that removes the prefix, such as nginx with
// proxy_pass http://gateway/ and the caller's Host. It returns the address.
func servePrefixed(t *testing.T, g *gateway) string {
	t.Helper()
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: g.host})
		r.Out.Host = r.In.Host
	}}
	mux := http.NewServeMux()
	mux.Handle("/census/", http.StripPrefix("/census", proxy))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/census/"
}

// Behind a prefix, browsers are redirected to the page, and every reference in the page exists.
func TestPageBehindPrefix(t *testing.T) {
	t.Parallel()
	here := servePrefixed(t, start(t))
	for _, from := range []string{"graphql", "graphql/"} {
		r, _ := http.NewRequest("GET", here+from, nil)
		r.Header.Set("Accept", "text/html")
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if at, err := resp.Location(); err != nil || at.String() != here {
			t.Errorf("%s: %s, to %s, %v", from, resp.Status, at, err)
		}
	}
	for _, page := range []string{"", "graphiql", "playground"} {
		names := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(do(t, "GET", here+page, "").body, -1)
		if len(names) < 4 {
			t.Fatalf("only %d references", len(names))
		}
		for _, name := range names {
			if strings.HasPrefix(name[1], "data:") {
				continue
			}
			base, _ := url.Parse(here + page)
			at, err := base.Parse(name[1])
			if err != nil || !strings.HasPrefix(at.String(), here) {
				t.Errorf("%s: %s, %v", page, name[1], err)
			} else if a := do(t, "HEAD", at.String(), ""); a.status != 200 {
				t.Errorf("%s: %d", at, a.status)
			}
		}
	}
}
