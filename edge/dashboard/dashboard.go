// Package dashboard serves the dashboard from the binary: which syncs fail, since when, and why.
// Its source is in examples/dashboard.
//
//	mux.Handle("/dashboard", dashboard.Handler(dashboard.Options{}))
//	mux.Handle("/dashboard/", dashboard.Handler(dashboard.Options{}))
//
// All paths below [Path] serve the same page, which selects the screen by its address. The page
// uses relative addresses for its files and for the endpoint, graphql beside Path, so a proxy may
// serve it below any prefix. tools/graphiql/dashboard writes the folder assets.
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

// Path is the path of the page.
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
		panic(err) // the files are embedded, so only a broken build fails
	}
	return v
}

// Documents returns the operations of the page by id. The page sends the ids instead of the texts.
func Documents() map[string]string {
	var all map[string]string
	if err := json.Unmarshal(must(fs.ReadFile(folder, "documents.json")), &all); err != nil {
		panic(err)
	}
	return all
}

// Options describe the gateway to the page.
type Options struct {
	Simulated   bool   // Census is simulated
	Credentials string // the credentials to ask for, such as "an API key"; "" if callers need none
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

// page returns the page for rest, a path below Path. Pages differ only in the relative
// address of their folder.
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

// serve makes the browser revalidate each time, so that a new binary shows its new page. An
// unchanged page costs a 304.
func serve(w http.ResponseWriter, r *http.Request, html []byte) {
	sum := sha256.Sum256(html)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(html))
}
