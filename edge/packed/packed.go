// Package packed serves the files of a page from the binary. A tool has stored each of them
// twice, as brotli and as gzip, under a name that holds a hash of its content, beside a
// manifest that says what there is.
//
// Browsers accept brotli over https and from localhost only, so gzip is needed, and brotli
// saves a fifth of it. A client that accepts neither is sent what gzip unpacks to.
package packed

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Files are what a manifest names, and where it is stored.
type Files struct {
	Packages map[string]string `json:"packages"` // versions by name
	Entries  map[string]string `json:"entries"`  // "page.js": the name it has today
	Preload  []string          `json:"preload"`
	Files    map[string]File   `json:"files"`

	stored fs.FS
}

// A File is stored as name.br and name.gz, or under its own name if it has no Gz.
type File struct {
	Size   int64  `json:"size"`   // uncompressed
	SHA256 string `json:"sha256"` // uncompressed
	Br     string `json:"br"`     // SHA-256 of the stored file
	Gz     string `json:"gz"`     // SHA-256 of the stored file
}

// Open reads the file manifest.json in stored. It panics if it cannot: the files are embedded, so
// only a broken build lacks it.
func Open(stored fs.FS) *Files {
	f := &Files{stored: stored}
	data, err := fs.ReadFile(stored, "manifest.json")
	if err == nil {
		err = json.Unmarshal(data, f)
	}
	if err != nil {
		panic(err)
	}
	return f
}

// Types are the media types of what is served, by the end of its name. The host's table is
// not asked: with nosniff, a wrong type is a page that does not start.
var Types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".ttf":   "font/ttf",
	".txt":   "text/plain; charset=utf-8",
	".woff":  "font/woff",
	".woff2": "font/woff2",
}

// Serve sends a file whose name changes with its content, so browsers keep it and never ask again.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) {
	a, ok := f.Files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	stored, enc := name, ""
	if a.Gz != "" {
		enc = encoding(r.Header["Accept-Encoding"])
		stored += map[string]string{"br": ".br", "gzip": ".gz", "": ".gz"}[enc]
	}
	file, err := f.stored.Open(stored)
	if err != nil {
		http.Error(w, "this build lacks "+stored, http.StatusInternalServerError)
		return
	}
	defer file.Close()

	h := w.Header()
	h.Set("Content-Type", Types[path.Ext(name)])
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Add("Vary", "Accept-Encoding")
	etag := `"` + a.SHA256[:24] + "-" + cmp.Or(enc, "identity") + `"`
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}

	size, body := a.Size, io.Reader(file)
	switch {
	case enc != "":
		h.Set("Content-Encoding", enc)
		if info, err := file.Stat(); err == nil {
			size = info.Size()
		}
	case a.Gz != "":
		if body, err = gzip.NewReader(file); err != nil {
			http.Error(w, "this build has a damaged "+stored, http.StatusInternalServerError)
			return
		}
	}
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	if r.Method != http.MethodHead {
		io.Copy(w, body) // an error means that the client has left
	}
}

// matches reports whether an If-None-Match contains the tag; weak tags match too (RFC 9110,
// section 13.1.2).
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == etag || one == "*" {
			return true
		}
	}
	return false
}
