package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"census-gateway/edge"
)

// A file that cannot be read keeps its previous content for as long as a setting names it. The
// content is dropped once no setting names the file. Settings that cannot be applied drop
// nothing.
func TestReloadKeepsPreviousContent(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	keys, documents := filepath.Join(dir, "keys"), filepath.Join(dir, "documents")
	put("keys", "one "+edge.HashKey("a-key")+"\n")
	put("documents/typename.graphql", "{__typename}")

	g, h, _ := watchedFor(t, "--simulate", "--api-keys-file", keys, "--trusted-documents", documents)
	status := func() int {
		r := httptest.NewRequest("POST", "/graphql", strings.NewReader(`{"documentId":"typename"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		r.Header.Set("X-API-Key", "a-key")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	with := func(keys, documents string) (kept int, err error) {
		s := g.served
		s.APIKeysFile, s.Documents = keys, documents
		now, err := g.handler(t.Context(), s)
		if err == nil {
			h = now
		}
		return len(g.sources.kept), err
	}
	for _, step := range []struct {
		name            string
		keys, documents string
		file, text      string
		kept            int
		fails           bool
		status          int
	}{
		{name: "at first", keys: keys, documents: documents, status: http.StatusOK},
		{name: "a folder that is not there", keys: keys, documents: filepath.Join(dir, "nowhere"), kept: 1, status: http.StatusOK},
		{name: "a document that does not parse", file: "documents/bad.graphql", text: "{", keys: keys, documents: documents, kept: 1, status: http.StatusOK},
		{name: "without documents", keys: keys, status: http.StatusBadRequest},
		{name: "with documents that do not parse, where none were known", keys: keys, documents: documents, fails: true, status: http.StatusBadRequest},
		{name: "the same without keys, which are in force still", documents: documents, fails: true, status: http.StatusBadRequest},
		{name: "keys that cannot be read, after that", file: "keys", text: "one abc\n", keys: keys, kept: 1, status: http.StatusBadRequest},
		{name: "documents that parse", file: "documents/bad.graphql", text: "{again: __typename}", keys: keys, documents: documents, kept: 1, status: http.StatusOK},
	} {
		if step.file != "" {
			put(step.file, step.text)
		}
		kept, err := with(step.keys, step.documents)
		if (err != nil) != step.fails || err == nil && kept != step.kept {
			t.Errorf("%s: %d sources kept and error %v; want %d and an error %t", step.name, kept, err, step.kept, step.fails)
		}
		if got := status(); got != step.status {
			t.Errorf("%s: status %d, want %d", step.name, got, step.status)
		}
	}
}
