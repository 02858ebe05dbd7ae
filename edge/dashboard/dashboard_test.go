package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"

	"census-gateway/edge/packed"
)

func get(t *testing.T, method, target string, opt Options) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(opt).ServeHTTP(w, httptest.NewRequest(method, target, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// At each path, with or without a proxy's prefix, the page has valid addresses of its
// files, its folder and the endpoint.
func TestPage(t *testing.T) {
	for _, prefix := range []string{"", "/tools/census"} {
		for _, at := range []string{"/dashboard", "/dashboard/", "/dashboard/timeline", "/dashboard/syncs/52", "/dashboard/syncs/52/"} {
			res, body := get(t, "GET", at, Options{Simulated: true, Credentials: "an API key"})
			if res.StatusCode != 200 || res.Header.Get("Content-Security-Policy") == "" || res.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s: %s, %v", at, res.Status, res.Header)
			}
			here := must(url.Parse("http://host" + prefix + at))
			refs := regexp.MustCompile(`(?:href|src)="([^"]*)"`).FindAllStringSubmatch(body, -1)
			if len(refs) != 3 {
				t.Fatalf("%s: %d references", at, len(refs))
			}
			for _, ref := range refs {
				if strings.HasPrefix(ref[1], "data:") {
					continue
				}
				file := strings.TrimPrefix(here.ResolveReference(must(url.Parse(ref[1]))).Path, prefix)
				if found, _ := get(t, "HEAD", file, Options{}); found.StatusCode != 200 || !strings.HasPrefix(file, "/dashboard/assets/") {
					t.Errorf("%s names %s: %s", at, file, found.Status)
				}
			}
			_, rest, _ := strings.Cut(body, `id="config">`)
			text, _, _ := strings.Cut(rest, "</script>")
			var config struct {
				Base, Endpoint, Credentials string
				Simulated                   bool
			}
			if err := json.Unmarshal([]byte(text), &config); err != nil {
				t.Fatalf("%v in %s", err, text)
			}
			if base := here.ResolveReference(must(url.Parse(config.Base))).Path; base != prefix+"/dashboard/" {
				t.Errorf("%s: the base is %s", at, base)
			}
			if endpoint := here.ResolveReference(must(url.Parse(config.Endpoint))).Path; endpoint != prefix+"/graphql" {
				t.Errorf("%s: the endpoint is %s", at, endpoint)
			}
			if !config.Simulated || config.Credentials != "an API key" {
				t.Errorf("%s: the configuration is %+v", at, config)
			}
		}
	}
}

// The committed files match the manifest, and there are no others.
func TestManifestMatchesFiles(t *testing.T) {
	known := map[string]bool{"manifest.json": true, "index.html": true, "documents.json": true}
	for name, f := range built.Files {
		if packed.Types[path.Ext(name)] == "" {
			t.Errorf("%s has no media type", name)
		}
		for end, want := range map[string]string{".br": f.Br, ".gz": f.Gz} {
			known[name+end] = true
			data := must(fs.ReadFile(folder, name+end))
			if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != want {
				t.Errorf("%s%s differs from its hash in the manifest", name, end)
			}
		}
		raw := must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(must(fs.ReadFile(folder, name+".gz")))))))
		if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(raw)) != f.Size {
			t.Errorf("%s.gz: the unpacked file differs from its hash in the manifest", name)
		}
	}
	for _, f := range must(fs.ReadDir(folder, ".")) {
		if !known[f.Name()] {
			t.Errorf("%s is not in the manifest", f.Name())
		}
	}
	if built.Packages["react"] == "" || built.Packages["uplot"] == "" {
		t.Error("the manifest does not say what the page is built from")
	}
}

// The budgets of the page, gzipped: 150 KiB of scripts at first, 15 of styles, 180 with the charts.
func TestBudgets(t *testing.T) {
	sum := map[string]int{}
	for name := range built.Files {
		sum[path.Ext(name)] += len(must(fs.ReadFile(folder, name+".gz")))
		if strings.HasPrefix(name, "index-") {
			sum["first"+path.Ext(name)] += len(must(fs.ReadFile(folder, name+".gz")))
		}
	}
	for what, most := range map[string]int{"first.js": 150 << 10, ".css": 15 << 10, ".js": 180 << 10} {
		if sum[what] == 0 || sum[what] > most {
			t.Errorf("%s: %d bytes, at most %d", what, sum[what], most)
		}
	}
}

func TestDocuments(t *testing.T) {
	for id, text := range Documents() {
		sum := sha256.Sum256([]byte(text))
		if id != "sha256:"+hex.EncodeToString(sum[:]) {
			t.Errorf("%s is not the hash of its document", id)
		}
	}
	if len(Documents()) < 8 {
		t.Errorf("%d documents", len(Documents()))
	}
}

func TestRefusals(t *testing.T) {
	if res, _ := get(t, "POST", "/dashboard", Options{}); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %s", res.Status)
	}
	for _, at := range []string{"/dashboard/assets/", "/dashboard/assets/index.html", "/dashboard/assets/documents.json"} {
		if res, _ := get(t, "GET", at, Options{}); res.StatusCode != 404 {
			t.Errorf("%s: %s", at, res.Status)
		}
	}
}
