package graphiql

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"testing"

	"census-gateway/edge/packed"
)

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func gunzip(t *testing.T, data []byte) []byte {
	t.Helper()
	zr, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The committed files match the manifest, and there are no others.
func TestManifestMatchesFiles(t *testing.T) {
	known := map[string]bool{"manifest.json": true}
	stored := func(name, want string) []byte {
		known[name] = true
		data, err := embedded.ReadFile("assets/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if got := hash(data); got != want {
			t.Errorf("%s: hash %s, want %s", name, got, want)
		}
		return data
	}
	for name, a := range built.Files {
		if packed.Types[path.Ext(name)] == "" {
			t.Errorf("%s has no media type", name)
		}
		if a.Gz == "" {
			stored(name, a.SHA256)
			continue
		}
		stored(name+".br", a.Br)
		raw := gunzip(t, stored(name+".gz", a.Gz))
		if hash(raw) != a.SHA256 || int64(len(raw)) != a.Size {
			t.Errorf("%s.gz: the unpacked file differs from its hash in the manifest", name)
		}
	}
	files, err := fs.ReadDir(embedded, "assets")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("%s is not in the manifest", f.Name())
		}
	}
	for entry, name := range built.Entries {
		if _, ok := built.Files[name]; !ok {
			t.Errorf("%s: there is no %s", entry, name)
		}
	}
	if built.Packages["graphiql"] == "" || built.Packages["monaco-graphql"] == "" {
		t.Error("the manifest does not say which GraphiQL this is")
	}
}

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler(Options{}).ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAssetEncodings(t *testing.T) {
	name := built.Entries["page.css"]
	a := built.Files[name]
	tags := map[string]bool{}
	for accept, want := range map[string]string{"gzip, deflate, br, zstd": "br", "gzip, deflate": "gzip", "": ""} {
		res := get(t, "GET", Assets+name, "Accept-Encoding", accept)
		data, h := body(t, res), res.Header
		if got := h.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q: Content-Encoding %q, want %q", accept, got, want)
		}
		if int64(len(data)) != res.ContentLength {
			t.Errorf("Content-Encoding %q: %d bytes, Content-Length %d", want, len(data), res.ContentLength)
		}
		if wantHash := map[string]string{"br": a.Br, "gzip": a.Gz, "": a.SHA256}[want]; hash(data) != wantHash {
			t.Errorf("Content-Encoding %q: the body is not the one of the manifest", want)
		}
		if h.Get("Vary") != "Accept-Encoding" || h.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("Content-Encoding %q: Vary %q, Cache-Control %q", want, h.Get("Vary"), h.Get("Cache-Control"))
		}
		tag := h.Get("ETag")
		if again := get(t, "GET", Assets+name, "Accept-Encoding", accept, "If-None-Match", `"x", W/`+tag); again.StatusCode != 304 {
			t.Errorf("Content-Encoding %q: status %d for its own ETag", want, again.StatusCode)
		}
		tags[tag] = true
		if head := get(t, "HEAD", Assets+name, "Accept-Encoding", accept); len(body(t, head)) > 0 || head.ContentLength != res.ContentLength {
			t.Errorf("Content-Encoding %q: HEAD differs from GET", want)
		}
	}
	if len(tags) != 3 {
		t.Errorf("three encodings share an ETag: %v", tags)
	}
}
