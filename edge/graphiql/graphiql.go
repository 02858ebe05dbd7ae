// Package graphiql serves GraphiQL 5 from the binary. A browser that opens it sends no request to
// any other host.
//
// One handler serves the page on every path it is mounted at, and its scripts, styles and
// fonts below [Assets]:
//
//	page := graphiql.Handler(graphiql.Options{})
//	mux.Handle("/{$}", page)
//	mux.Handle("/playground", page)
//	mux.Handle("/graphiql", page)
//	mux.Handle(graphiql.Assets, page)
//
// The page requests everything by relative addresses, so a proxy may serve it below any prefix.
// Mount it in the folder of Assets and of the endpoint, graphql.
//
// tools/graphiql writes the folder assets; do not edit it by hand. [packed] serves it: 1.2 MB for
// the first load as brotli, 1.5 MB as gzip.
package graphiql

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"census-gateway/edge/packed"
)

// Assets is the path prefix of the page's files. Their names contain a hash of their content.
const Assets = "/graphiql/assets/"

//go:embed assets
var embedded embed.FS

var built = packed.Open(must(fs.Sub(embedded, "assets")))

func must(f fs.FS, err error) fs.FS {
	if err != nil {
		panic(err) // the path is a constant
	}
	return f
}

// A Tab is an initial query. GraphiQL names it after its operation, and the page shows the first
// one. In the variables the page replaces "<7 days ago>" with the time at which that day began by
// the browser's clock, and "<time zone>" with the browser's time zone.
type Tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // a JSON object
}

// Options describe the gateway to the page.
type Options struct {
	Simulated   bool   // Census is simulated
	Credentials string // the credentials to ask for, such as "an API key"; "" if callers need none
}

// Handler returns the page and its assets. It answers GET and HEAD. It requires no credentials
// and does not call the endpoint.
func Handler(opt Options) http.Handler {
	page := page(opt)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed.Guard(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This is a page for browsers. Send queries to graphql, beside it.", http.StatusMethodNotAllowed)
			return
		}
		if name, ok := strings.CutPrefix(r.URL.Path, Assets); ok {
			built.Serve(w, r, name)
			return
		}
		page.serve(w, r)
	})
}
