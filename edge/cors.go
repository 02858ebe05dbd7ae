package edge

import "net/http"

// What a page of an allowed origin may send and read, besides what every page
// may (Fetch, "CORS-safelisted").
const (
	corsMethods = "GET, HEAD, POST"
	corsHeaders = "Authorization, Content-Type, X-API-Key, X-Request-Id, If-None-Match, X-Requested-With, X-Census-Cost, " +
		"GraphQL-Require-Preflight, Apollo-Require-Preflight, Apollographql-Client-Name, Apollographql-Client-Version, " +
		"Traceparent, Tracestate, Baggage"
	corsExposed = "Retry-After, X-Request-Id, ETag, X-Census-Simulated"
	corsMaxAge  = "7200" // seconds; the longest a browser keeps a preflight's answer
)

// CORS lets pages of the allowed origins read answers, and answers all
// preflights: 204 to an allowed origin, 403 to another. What a page sent is
// never repeated except an origin from the list. Credentials mode is never
// allowed: there are no cookies, and a page that has a key or token sends it
// itself. CORS stands outside authentication, since preflights carry none.
func CORS(origins Origins) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			vary(h, "Origin")
			origin, one := soleOrigin(r)
			allowed := one && origins.allows(origin)
			if allowed {
				if origins.all {
					origin = "*"
				}
				h.Set("Access-Control-Allow-Origin", origin)
			}
			if r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != "" {
				vary(h, "Access-Control-Request-Method, Access-Control-Request-Headers")
				if !allowed {
					Refuse(w, r, foreignOrigin())
					return
				}
				h.Set("Access-Control-Allow-Methods", corsMethods)
				h.Set("Access-Control-Allow-Headers", corsHeaders)
				h.Set("Access-Control-Max-Age", corsMaxAge)
				w.WriteHeader(http.StatusNoContent)
				return
			}
			if allowed {
				h.Set("Access-Control-Expose-Headers", corsExposed)
			}
			next.ServeHTTP(w, r)
		})
	}
}

// soleOrigin returns the Origin header, empty if there is none; false if there
// are several, which no browser sends.
func soleOrigin(r *http.Request) (string, bool) {
	values := r.Header["Origin"]
	if len(values) == 0 {
		return "", true
	}
	return values[0], len(values) == 1
}

func foreignOrigin() *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: CodeForbidden,
		Message: "Requests from web pages of this origin are not allowed."}
}
