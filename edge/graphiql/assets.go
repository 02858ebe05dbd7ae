package graphiql

import (
	"cmp"
	"compress/gzip"
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed assets
var embedded embed.FS

type manifest struct {
	Packages map[string]string `json:"packages"` // versions by name
	Entries  map[string]string `json:"entries"`  // "page.js": the name it has today
	Preload  []string          `json:"preload"`
	Files    map[string]asset  `json:"files"`
}

// An asset is stored as name.br and name.gz, or under its own name if it has no Gz.
type asset struct {
	Size   int64  `json:"size"`   // uncompressed
	SHA256 string `json:"sha256"` // uncompressed
	Br     string `json:"br"`     // SHA-256 of the stored file
	Gz     string `json:"gz"`     // SHA-256 of the stored file
}

// built is the manifest that tools/graphiql wrote beside the files.
var built = func() (m manifest) {
	data, err := embedded.ReadFile("assets/manifest.json")
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		panic(err) // embedded: a broken build, never a broken run
	}
	return m
}()

// Not left to the host's table of types: with nosniff, a wrong one is a page that does not start.
var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".ttf":   "font/ttf",
	".txt":   "text/plain; charset=utf-8",
	".woff":  "font/woff",
	".woff2": "font/woff2",
}

// serveAsset sends a file whose name changes with its content, so browsers keep it and never ask again.
func serveAsset(w http.ResponseWriter, r *http.Request, name string) {
	a, ok := built.Files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	stored, enc := name, ""
	if a.Gz != "" {
		enc = encoding(r.Header["Accept-Encoding"])
		stored += map[string]string{"br": ".br", "gzip": ".gz", "": ".gz"}[enc]
	}
	file, err := embedded.Open("assets/" + stored)
	if err != nil {
		http.Error(w, "this build lacks "+stored, http.StatusInternalServerError)
		return
	}
	defer file.Close()

	h := w.Header()
	h.Set("Content-Type", types[path.Ext(name)])
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
		io.Copy(w, body) // the reader has gone if this fails
	}
}

// matches reports whether an If-None-Match names the tag; weak tags of it count (RFC 9110, section 13.1.2).
func matches(header, etag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == etag || one == "*" {
			return true
		}
	}
	return false
}
