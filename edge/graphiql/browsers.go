package graphiql

import (
	"net/http"
	"strings"

	"census-gateway/internal/accepts"
)

// ForBrowsers redirects a browser that opens the API's address to the page, in the same folder.
// It redirects a GET without a query that accepts HTML but not JSON, and passes everything else
// to api. The address may end with a slash.
func ForBrowsers(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if (r.Method != http.MethodGet && r.Method != http.MethodHead) || r.URL.RawQuery != "" || !wantsPage(r.Header["Accept"]) {
			api.ServeHTTP(w, r)
			return
		}
		page := "./" // relative, since a proxy may have removed a prefix
		if strings.HasSuffix(r.URL.Path, "/") {
			page = "../"
		}
		w.Header().Set("Location", page)
		w.Header().Set("Vary", "Accept")
		w.WriteHeader(http.StatusSeeOther)
	})
}

func wantsPage(accept []string) bool {
	media, _ := accepts.Answer(accept)
	return accepts.Of(accept, "text/html").Named == 2 && (media == "" || accepts.Of(accept, media).Named == 0)
}
