package documents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

const (
	apolloFormat  = "apollo-persisted-query-manifest"
	byteOrderMark = "\ufeff" // some editors begin files with it
)

// LoadTrusted reads the documents at path, which is one of:
//
//   - a folder: each file in it that ends in .graphql or .gql is a document,
//     known by its name without that ending. Subfolders and names that
//     begin with a dot are ignored.
//   - a manifest as Apollo's tools write it: {"format":
//     "apollo-persisted-query-manifest", "version": 1, "operations": [{"id":
//     …, "body": …}]}.
//   - a map as Relay's compiler writes it: {"id": "document", …}.
//
// Each document is also known by the SHA-256 hash of its text, in lower-case hex. A byte order
// mark at the beginning of a file is ignored. Errors name the file and, if possible, the
// document.
func LoadTrusted(path string) (*Trusted, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	t := &Trusted{byID: make(map[string]string), byHash: make(map[string]string)}
	if info.IsDir() {
		err = t.loadFolder(path)
	} else {
		err = t.loadManifest(path)
	}
	if err == nil && len(t.byID) == 0 {
		err = errors.New("contains no documents")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

func (t *Trusted) loadFolder(path string) error {
	files, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, file := range files {
		name := file.Name()
		ext := filepath.Ext(name)
		if name[0] == '.' || file.IsDir() || ext != ".graphql" && ext != ".gql" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(path, name))
		if err != nil {
			return fmt.Errorf("%s: %w", name, errors.Unwrap(err))
		}
		if err := t.add(strings.TrimSuffix(name, ext), strings.TrimPrefix(string(text), byteOrderMark)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (t *Trusted) loadManifest(path string) error {
	content, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	content = bytes.TrimPrefix(content, []byte(byteOrderMark))
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(content, &fields); err != nil {
		return fmt.Errorf("not a JSON object: %w", err)
	}
	if _, ok := fields["format"]; ok {
		return t.loadApollo(content)
	}
	for id, raw := range fields {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return fmt.Errorf("%q: the document is not a string", id)
		}
		if err := t.add(id, text); err != nil {
			return fmt.Errorf("%q: %w", id, err)
		}
	}
	return nil
}

func (t *Trusted) loadApollo(content []byte) error {
	var manifest struct {
		Format     string `json:"format"`
		Version    int    `json:"version"`
		Operations []struct {
			ID   string `json:"id"`
			Name string `json:"name"`
			Body string `json:"body"`
		} `json:"operations"`
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return fmt.Errorf("not a manifest: %w", err)
	}
	if manifest.Format != apolloFormat || manifest.Version != 1 {
		return fmt.Errorf("unknown format %q version %d: expected %q version 1",
			manifest.Format, manifest.Version, apolloFormat)
	}
	for i, op := range manifest.Operations {
		if err := t.add(op.ID, op.Body); err != nil {
			return fmt.Errorf("operation %d (id %q, name %q): %w", i, op.ID, op.Name, err)
		}
	}
	return nil
}

// add stores a document. Its id must be unique, and its text must parse.
func (t *Trusted) add(id, text string) error {
	if id == "" {
		return errors.New("the document has no id")
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if bad, ok := errors.AsType[*gqlerror.Error](err); ok {
		bad.Message = SyntaxMessage(bad.Message, text)
	}
	if err != nil {
		return fmt.Errorf("the document is not valid GraphQL: %w", err)
	}
	if bad := halfSurrogateError(text); bad != nil {
		return fmt.Errorf("the document is not valid GraphQL: %w", bad)
	}
	if len(doc.Operations) == 0 {
		return errors.New("the document has no operation")
	}
	if other, ok := t.byID[id]; ok && other != text {
		return errors.New("another document has the same id")
	}
	t.byID[id] = text
	// Of several ids for one text, keep the first in order.
	if hash := hashOf(text); t.byHash[hash] == "" || id < t.byHash[hash] {
		t.byHash[hash] = id
	}
	return nil
}
