package edge

import (
	"mime"
	"net/http"
	"net/url"
	"strings"

	"census-gateway/internal/errcodes"
)

// CSRF answers 403 to what a browser could have been made to send by a page
// that is neither the gateway's own nor of an allowed origin. It belongs around
// the GraphQL endpoint only: pages and probes are sent differently.
//
// What passes, in order:
//   - OPTIONS, which executes nothing;
//   - a request the browser calls same-origin or typed by the user
//     (Sec-Fetch-Site), or, from a browser that does not say, one whose Origin
//     has our Host;
//   - an Origin on the list; if the list is "*", only with proof (below);
//   - a request without Origin that has proof, or that no browser sent: no
//     Sec-Fetch-Site and no browser's User-Agent. curl passes.
//
// Proof is something a page cannot add without asking first by a preflight:
// X-Requested-With, GraphQL-Require-Preflight, Apollo-Require-Preflight,
// X-API-Key, a Bearer token, or the Content-Type application/json.
func CSRF(origins Origins) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			vary(w.Header(), "Sec-Fetch-Site") // CORS, above, says Origin
			if why := crossSite(r, origins); why != nil {
				Refuse(w, r, why)
				return
			}
			// It keeps pages from loading what they may not read. Nothing that a page could
			// load so comes this far, and a ninth name in the header is dear: see SecurityHeaders.
			delete(w.Header(), "Cross-Origin-Resource-Policy")
			next.ServeHTTP(w, r)
		})
	}
}

// crossSite returns why r is refused; nil if it is not.
func crossSite(r *http.Request, origins Origins) *Refusal {
	if r.Method == http.MethodOptions {
		return nil
	}
	origin, one := soleOrigin(r)
	if !one {
		return foreignOrigin()
	}
	site := r.Header.Get("Sec-Fetch-Site")
	if ownSite(r, site, origin) || origins.exact[origin] {
		return nil
	}
	if origin != "" && !origins.all {
		return foreignOrigin()
	}
	switch {
	case preflighted(r):
		return nil
	case origin == "" && site == "" && !fromBrowser(r):
		return nil
	}
	return &Refusal{Status: http.StatusForbidden, Code: errcodes.Forbidden, Reason: ForBrowser,
		Message: "A browser could have sent this without being asked. Add the header X-Requested-With or GraphQL-Require-Preflight, " +
			"or POST with Content-Type application/json."}
}

// ownSite reports whether the browser vouches for the request, as
// net/http.CrossOriginProtection judges it. That type passes every GET; ours
// costs Census calls, so it is judged here as well.
func ownSite(r *http.Request, site, origin string) bool {
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

// preflighted reports whether r has something only a preflight or a program
// that is no browser can put there (Fetch, "CORS-safelisted request-header").
func preflighted(r *http.Request) bool {
	types := r.Header["Content-Type"]
	if len(types) == 1 && types[0] == "application/json" { // nearly all requests
		return true
	}
	for _, name := range []string{"X-Requested-With", "Graphql-Require-Preflight", "Apollo-Require-Preflight", "X-Api-Key"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	// Browsers add Basic by themselves when they know a password, Bearer never.
	if _, err := bearer(r.Header); err == nil {
		return true
	}
	if len(types) != 1 {
		return false
	}
	media, _, err := mime.ParseMediaType(types[0])
	return err == nil && media == "application/json"
}

// fromBrowser reports whether the User-Agent is that of a browser. It decides
// only where neither Origin nor Sec-Fetch-Site was sent, as browsers do for
// images and links over plain http to another machine; no page can change it in
// such a request.
func fromBrowser(r *http.Request) bool {
	return strings.HasPrefix(r.UserAgent(), "Mozilla/")
}
