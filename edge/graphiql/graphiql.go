// Package graphiql serves GraphiQL 5 from the binary: no browser that opens it asks any other host for anything.
//
// One handler serves the page on every path it is mounted at, and its scripts, styles and fonts below
// [Assets]:
//
//	page := graphiql.Handler()
//	mux.Handle("/{$}", page)
//	mux.Handle("/playground", page)
//	mux.Handle("/graphiql", page)
//	mux.Handle(graphiql.Assets, page)
//
// The folder assets is written by tools/graphiql; nothing in it is edited by hand. Each file is kept twice,
// as brotli and as gzip: browsers accept brotli over https and from localhost only, so gzip is needed, and
// brotli saves a fifth of the first load (1.2 MB for 1.5). A client that accepts neither is sent what gzip
// unpacks to.
package graphiql

import (
	"net/http"
	"strings"
)

// Assets is the path below which the page asks for its files. Their names carry a hash of their content.
const Assets = "/graphiql/assets/"

// A Tab is a query to begin with. GraphiQL names it after its operation, and the page shows the first one.
type Tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // a JSON object
	Headers   string `json:"headers,omitempty"`   // a JSON object; everyone who can open the page can read it
}

// Handler returns the page and its assets. It answers GET and HEAD; it neither asks who is there nor
// calls the endpoint itself.
func Handler() http.Handler {
	page := page()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		guard(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "GET or HEAD only", http.StatusMethodNotAllowed)
			return
		}
		if name, ok := strings.CutPrefix(r.URL.Path, Assets); ok {
			serveAsset(w, r, name)
			return
		}
		page.serve(w, r)
	})
}
