package edge

import "net/http"

// SecurityHeaders adds headers to every answer that restrict what a browser does with it: no
// sniffing, no framing, no scripts, no embedding by other sites. A handler that serves a page
// replaces the Content-Security-Policy and adds what else a page needs.
//
// There are few, since each answer pays for each header: net/http takes twice as long for more
// than eight headers as for eight.
func SecurityHeaders(next http.Handler) http.Handler {
	// Allocated once: layers below may replace these values but not modify them.
	always := []struct {
		name   string
		values []string
	}{
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}}, // Cross-Origin-Resource-Policy does not apply to CORS answers
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, f := range always {
			h[f.name] = f.values
		}
		next.ServeHTTP(w, r)
	})
}
