// Package packed serves the files of a page from the binary. A tool stores each file twice,
// as brotli and as gzip, under a name with a hash of its content. A manifest lists the
// files. Brotli is a fifth smaller than gzip, but browsers accept it only over https and
// from localhost. A client that accepts neither gets the file uncompressed.
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

// Files are the files in a manifest.
type Files struct {
	Packages map[string]string `json:"packages"` // versions by name
	Entries  map[string]string `json:"entries"`  // names with a hash, by names without: "page.js"
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

// Open reads the file manifest.json in stored. It panics on an error, since the files are
// embedded: only a broken build has none.
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

// Types are the media types of the files, by file extension. The table of the operating
// system is not used, because it may be wrong: with nosniff, a page with a wrong type does
// not start.
var Types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".ttf":   "font/ttf",
	".txt":   "text/plain; charset=utf-8",
	".woff":  "font/woff",
	".woff2": "font/woff2",
}

// Serve sends the file with the given name. Browsers cache it for a year, because a file
// with other content has another name.
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
		http.Error(w, "this build has no file "+stored, http.StatusInternalServerError)
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
			http.Error(w, "this build has a damaged file "+stored, http.StatusInternalServerError)
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
