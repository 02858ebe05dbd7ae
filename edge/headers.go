package edge

import (
	"net/http"
	"strconv"
	"time"
)

// SecurityHeaders puts on every answer what keeps a browser from making more of
// it than JSON: no sniffing, no framing, no scripts, no embedding by other
// sites. A handler that serves a page sets its own Content-Security-Policy over
// this one, and what else a page needs.
//
// They are few, since each is paid for in each answer: a header of more than eight
// names costs net/http twice as much as one of eight.
//
// hsts is how long browsers are told to insist on TLS, sent on TLS connections
// only; 0 sends none. It binds every port of the host name, so it is the
// operator's decision.
func SecurityHeaders(hsts time.Duration) func(http.Handler) http.Handler {
	// Made once: layers below put other values in their place and change none.
	always := []struct {
		name   string
		values []string
	}{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}}, // CORS answers are exempt from it
	}
	strict := "max-age=" + strconv.FormatInt(int64(hsts/time.Second), 10)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			for _, f := range always {
				h[f.name] = f.values
			}
			if hsts > 0 && r.TLS != nil {
				h.Set("Strict-Transport-Security", strict)
			}
			next.ServeHTTP(w, r)
		})
	}
}
