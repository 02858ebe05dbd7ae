// Package dashboard serves the page of examples/dashboard from the binary: what is wrong in
// the workspace, since when, and why.
//
//	mux.Handle("/dashboard", dashboard.Handler(dashboard.Options{}))
//	mux.Handle("/dashboard/", dashboard.Handler(dashboard.Options{}))
//
// All screens are one page, whatever the path below [Path]: what is shown is in the
// address. The page names its files and the endpoint, graphql beside Path, by relative
// addresses, so that a proxy may serve it below any prefix. The folder assets is written by
// tools/graphiql/dashboard.
package dashboard

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"census-gateway/edge/packed"
)

// Path is where the page is.
const Path = "/dashboard"

//go:embed assets
var embedded embed.FS

var (
	folder = must(fs.Sub(embedded, "assets"))
	built  = packed.Open(folder)
	index  = string(must(fs.ReadFile(folder, "index.html")))
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // embedded: a broken build, never a broken run
	}
	return v
}

// Documents are the operations of the page by id, which it sends instead of their text.
func Documents() map[string]string {
	var all map[string]string
	if err := json.Unmarshal(must(fs.ReadFile(folder, "documents.json")), &all); err != nil {
		panic(err)
	}
	return all
}

// Options say what the page is over.
type Options struct {
	Simulated   bool   // Census is the simulated one
	Credentials string // what the page asks for, such as "an API key"; "": callers need none
}

// Handler returns the page and its files. It answers GET and HEAD.
func Handler(opt Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		packed.Guard(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This is a page for browsers. Send queries to graphql, beside it.", http.StatusMethodNotAllowed)
			return
		}
		rest := strings.TrimPrefix(r.URL.Path, Path)
		if name, ok := strings.CutPrefix(rest, "/assets/"); ok {
			built.Serve(w, r, name)
			return
		}
		serve(w, r, page(opt, rest))
	})
}

// page is the page for a path below Path: the same everywhere, but for how it names the
// folder it is in.
func page(opt Options, rest string) []byte {
	base := strings.Repeat("../", max(0, strings.Count(rest, "/")-1))
	if rest == "" {
		base = strings.TrimPrefix(Path, "/") + "/"
	}
	config, err := json.Marshal(map[string]any{"base": "./" + base, "endpoint": "./" + base + "../graphql", "simulated": opt.Simulated, "credentials": opt.Credentials})
	if err != nil {
		panic(err) // strings and a bool
	}
	before, after, _ := strings.Cut(index, `id="config">`)
	_, after, _ = strings.Cut(after, "</script>")
	html := before + `id="config">` + string(config) + "</script>" + after
	return []byte(strings.ReplaceAll(html, `"./assets/`, `"./`+base+`assets/`))
}

// serve makes the browser ask each time, so that a new binary is a new page; unchanged, it
// costs a 304.
func serve(w http.ResponseWriter, r *http.Request, html []byte) {
	sum := sha256.Sum256(html)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(html))
}
