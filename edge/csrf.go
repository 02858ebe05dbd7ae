package edge

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"census-gateway/internal/errcodes"
)

// CSRF answers 403 to requests that a web page could have made a browser send, unless the page is
// the gateway's own or of an allowed origin. It belongs around the GraphQL endpoint only, since
// pages and probes are requested differently.
//
// It accepts, in this order:
//   - OPTIONS, which executes nothing;
//   - a request that the browser marks as same-origin or typed by the user
//     (Sec-Fetch-Site); without that header, one whose Origin has our Host;
//   - an Origin on the list; if the list is "*", only with proof (below);
//   - a request without Origin that has proof;
//   - a request without Origin from a program that is not a browser, such as
//     curl: no Sec-Fetch-Site and no browser's User-Agent.
//
// Proof is something that a page can add only after a preflight: X-Requested-With,
// GraphQL-Require-Preflight, Apollo-Require-Preflight, X-API-Key, a Bearer token, or the
// Content-Type application/json.
func CSRF(origins Origins) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			addVary(w.Header(), "Sec-Fetch-Site") // CORS, an outer layer, adds Origin
			if why := crossSiteRefusal(r, origins); why != nil {
				Refuse(w, r, why)
				return
			}
			// That header prevents pages from loading answers that they may not read. A page cannot
			// load an answer that comes this far, and a ninth header is expensive: see
			// SecurityHeaders.
			delete(w.Header(), "Cross-Origin-Resource-Policy")
			next.ServeHTTP(w, r)
		})
	}
}

// crossSiteRefusal returns the reason to reject r; nil to accept it.
func crossSiteRefusal(r *http.Request, origins Origins) *Refusal {
	if r.Method == http.MethodOptions {
		return nil
	}
	origin, one := soleOrigin(r)
	if !one {
		return originNotAllowed()
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if isSameSite(r, site, origin) || origins.exact[origin] {
		return nil
	}
	if origin != "" && !origins.all {
		return originNotAllowed()
	}
	switch {
	case needsPreflight(r):
		return nil
	case origin == "" && site == "" && !fromBrowser(r):
		return nil
	}
	return &Refusal{Status: http.StatusForbidden, Code: errcodes.Forbidden, Reason: ForBrowser,
		Message: "A web page could have made a browser send this request. Add the header X-Requested-With or GraphQL-Require-Preflight, " +
			"or POST with Content-Type application/json."}
}

// isSameSite reports whether the browser confirms that the request is same-origin, as
// net/http.CrossOriginProtection judges it. That type accepts every GET, but a GET here costs
// Census calls, so isSameSite checks it as well.
func isSameSite(r *http.Request, site, origin string) bool {
	switch site {
	case "same-origin", "none":
		return true
	case "":
		if origin == "" {
			return false
		}
		u, err := url.Parse(origin)
		return err == nil && isWeb(u) && u.Host != "" && strings.EqualFold(u.Host, r.Host)
	}
	return false
}

// needsPreflight reports whether r has something that only a preflight, or a program other than a
// browser, can add (Fetch, "CORS-safelisted request-header").
func needsPreflight(r *http.Request) bool {
	types := r.Header["Content-Type"]
	if len(types) == 1 && types[0] == "application/json" { // nearly all requests
		return true
	}
	for _, name := range []string{"X-Requested-With", "Graphql-Require-Preflight", "Apollo-Require-Preflight", "X-Api-Key"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	// Browsers add Basic credentials on their own, but never Bearer ones.
	if _, err := bearerToken(r.Header); err == nil {
		return true
	}
	if len(types) != 1 {
		return false
	}
	media, _, err := mime.ParseMediaType(types[0])
	return err == nil && media == "application/json"
}

// fromBrowser reports whether the User-Agent is a browser's. It matters only without Origin and
// Sec-Fetch-Site, as browsers send images and links over plain http to another machine; a page
// cannot change the User-Agent of such a request.
func fromBrowser(r *http.Request) bool {
	return strings.HasPrefix(r.UserAgent(), "Mozilla/")
}
