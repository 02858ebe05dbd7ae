package documents

import (
	"strings"
	"sync/atomic"
)

// Trusted are documents the operator has approved. It may be used and
// reloaded at once by many. A nil *Trusted holds none; others come from
// [LoadTrusted].
type Trusted struct {
	path string
	set  atomic.Pointer[set]
}

// A set holds the text of documents.
type set struct {
	byID   map[string]string
	byHash map[string]string // by SHA-256, in lower-case hex
}

// LoadTrusted reads the documents at path, which is one of
//
//   - a folder: each file in it that ends in .graphql or .gql is a document,
//     known by its name without that ending. Folders below and names that
//     begin with a dot are left alone.
//   - a manifest as Apollo's tools write it: {"format":
//     "apollo-persisted-query-manifest", "version": 1, "operations": [{"id":
//     …, "body": …}]}.
//   - a map as Relay's compiler writes it: {"id": "document", …}.
//
// Each document is known by the SHA-256 hash of its text as well, in lower-case
// hex. Errors name the file, and the document where there is one to name.
func LoadTrusted(path string) (*Trusted, error) {
	t := &Trusted{path: path}
	if err := t.Reload(); err != nil {
		return nil, err
	}
	return t, nil
}

// Reload reads the documents again. Requests see all of the old ones or all of
// the new; after an error, the old.
func (t *Trusted) Reload() error {
	s, err := load(t.path)
	if err != nil {
		return err
	}
	t.set.Store(s)
	return nil
}

// Lookup finds a document by id or hash. The hash may be written with its
// prefix, "sha256:…".
func (t *Trusted) Lookup(id string) (text string, ok bool) {
	if t == nil {
		return "", false
	}
	s := t.set.Load()
	if text, ok = s.byID[id]; !ok {
		text, ok = s.byHash[strings.TrimPrefix(id, "sha256:")]
	}
	return text, ok
}

// Len is the number of ids.
func (t *Trusted) Len() int {
	if t == nil {
		return 0
	}
	return len(t.set.Load().byID)
}
