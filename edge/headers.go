package edge

import "net/http"

// SecurityHeaders puts on every answer what keeps a browser from making more of
// it than JSON: no sniffing, no framing, no scripts, no embedding by other
// sites. A handler that serves a page sets its own Content-Security-Policy over
// this one, and what else a page needs.
//
// They are few, since each is paid for in each answer: a header of more than eight
// names costs net/http twice as much as one of eight.
func SecurityHeaders(next http.Handler) http.Handler {
	// Made once: layers below put other values in their place and change none.
	always := []struct {
		name   string
		values []string
	}{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}}, // CORS answers are exempt from it
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, f := range always {
			h[f.name] = f.values
		}
		next.ServeHTTP(w, r)
	})
}
