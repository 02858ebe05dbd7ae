// Package graphiql serves GraphiQL 5 from the binary: no browser that opens it asks any other host for anything.
//
// One handler serves the page on every path it is mounted at, and its scripts, styles and fonts below
// [Assets]:
//
//	page := graphiql.Handler(graphiql.Options{})
//	mux.Handle("/{$}", page)
//	mux.Handle("/playground", page)
//	mux.Handle("/graphiql", page)
//	mux.Handle(graphiql.Assets, page)
//
// The page asks for all it needs by relative addresses, so that a proxy may serve it below any prefix. It
// must therefore be mounted in the folder of Assets and of the endpoint, graphql.
//
// The folder assets is written by tools/graphiql; nothing in it is edited by hand. [packed] serves it: 1.2 MB
// for the first load as brotli, 1.5 as gzip.
package graphiql

import (
	"embed"
	"io/fs"
	"net/http"
	"strings"

	"census-gateway/edge/packed"
)

// Assets is the path below which the page asks for its files. Their names carry a hash of their content.
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

// A Tab is a query to begin with. GraphiQL names it after its operation, and the page shows the first one.
// In the variables the page replaces "<7 days ago>" with the moment at which that day began by the
// browser's clock, and "<time zone>" with the browser's.
type Tab struct {
	Query     string `json:"query"`
	Variables string `json:"variables,omitempty"` // a JSON object
}

// Options say what the page is over.
type Options struct {
	Simulated   bool   // Census is the simulated one
	Credentials string // what the page asks for, such as "an API key"; "": callers need none
}

// Handler returns the page and its assets. It answers GET and HEAD; it neither asks who is there nor
// calls the endpoint itself.
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
