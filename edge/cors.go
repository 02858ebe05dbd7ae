package edge

import (
	"net/http"
	"strings"

	"census-gateway/internal/errcodes"
)

// The methods and headers that a page of an allowed origin may use, besides those that
// every page may use (Fetch, "CORS-safelisted"):
const (
	corsMethods    = "GET, HEAD, POST"
	corsExposed    = "Retry-After, X-Request-Id, Age, ETag, WWW-Authenticate, X-Census-Simulated, RateLimit, RateLimit-Policy"
	corsMaxAge     = "7200"  // seconds; the longest that a browser caches a preflight
	maxCORSHeaders = 2 << 10 // bytes of header names in a preflight
)

// CORS lets pages of the allowed origins read answers, and answers preflights: 204 to an allowed
// origin, 403 to others. An allowed origin may send any header it asks for: monitoring tools add
// their own, and the gateway trusts no header because a browser sent it. Of the request, CORS
// repeats only header names and a listed origin. It never allows credentials mode: there are no
// cookies, and a page with a key or token sends it itself. CORS belongs outside of
// authentication, since preflights have no credentials.
func CORS(origins Origins) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			addVary(h, "Origin")
			origin, one := soleOrigin(r)
			allowed := one && origins.allows(origin)
			if allowed {
				if origins.all {
					origin = "*"
				}
				h.Set("Access-Control-Allow-Origin", origin)
			}
			if r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != "" {
				addVary(h, "Access-Control-Request-Method, Access-Control-Request-Headers")
				if !allowed {
					Refuse(w, r, originNotAllowed())
					return
				}
				requested, ok := requestedHeaders(r)
				if !ok || !isCORSMethod(r.Header.Get("Access-Control-Request-Method")) {
					Refuse(w, r, &Refusal{Status: http.StatusForbidden, Code: errcodes.Forbidden, Reason: ForPreflight,
						Message: "Pages of another origin may not use this method or these headers. Use GET or POST."})
					return
				}
				h.Set("Access-Control-Allow-Methods", corsMethods)
				if requested != "" {
					h.Set("Access-Control-Allow-Headers", requested)
				}
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

func isCORSMethod(method string) bool {
	return method == http.MethodPost || method == http.MethodGet || method == http.MethodHead
}

// requestedHeaders returns the header names that a preflight asks for, separated by commas;
// false if they are too long or one is invalid.
func requestedHeaders(r *http.Request) (string, bool) {
	requested := strings.Join(r.Header["Access-Control-Request-Headers"], ",")
	if requested == "" {
		return "", true
	}
	if len(requested) > maxCORSHeaders {
		return "", false
	}
	names := strings.Split(requested, ",")
	for i, name := range names {
		if names[i] = strings.Trim(name, " \t"); !isToken(names[i]) {
			return "", false
		}
	}
	return strings.Join(names, ", "), true
}

// isToken reports whether s is a valid header name (RFC 9110, 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20 // lower case for letters
		if !('a' <= c && c <= 'z' || '0' <= s[i] && s[i] <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", s[i]) >= 0) {
			return false
		}
	}
	return s != ""
}

// soleOrigin returns the Origin header, "" if it is missing; false if there are several, which no
// browser sends.
func soleOrigin(r *http.Request) (string, bool) {
	values := r.Header["Origin"]
	if len(values) == 0 {
		return "", true
	}
	return values[0], len(values) == 1
}

func originNotAllowed() *Refusal {
	return &Refusal{Status: http.StatusForbidden, Code: errcodes.Forbidden, Reason: ForOrigin,
		Message: "Web pages of this origin may not use the gateway. Ask the operator to add the origin to GATEWAY_CORS_ORIGINS."}
}
