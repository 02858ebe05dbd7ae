package graphiql

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strings"
	"time"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// config is the configuration that page.jsx reads.
type config struct {
	Endpoint    string            `json:"endpoint"`
	Tabs        []Tab             `json:"tabs"` // for browsers without stored tabs
	Credentials string            `json:"credentials,omitempty"`
	Workers     map[string]string `json:"workers"` // by the label Monaco gives them
}

// A rendered page does not change while the process runs.
type rendered struct {
	html []byte
	etag string
}

func page(opt Options) rendered {
	assets := strings.TrimPrefix(Assets, "/") // relative to the page, wherever that is
	at := func(entry string) string { return assets + built.Entries[entry] }
	data := struct {
		Script, Style, Licenses string
		Preload                 []string
		Config                  config
	}{
		Script:   at("page.js"),
		Style:    at("page.css"),
		Licenses: at("licenses.txt"),
		Config: config{
			Endpoint:    "graphql",
			Tabs:        Examples(opt.Simulated),
			Credentials: opt.Credentials,
			Workers:     map[string]string{"editor": at("editor.js"), "json": at("json.js"), "graphql": at("graphql.js")},
		},
	}
	for _, name := range built.Preload {
		data.Preload = append(data.Preload, assets+name)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, data); err != nil {
		panic(err) // the template and its data are part of this package
	}
	sum := sha256.Sum256(b.Bytes())
	return rendered{html: b.Bytes(), etag: `"` + hex.EncodeToString(sum[:12]) + `"`}
}

// serve makes the browser revalidate each time, so that a new binary shows its new page. An
// unchanged page costs a 304.
func (p rendered) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", p.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(p.html))
}
