package documents

import (
	"maps"
	"strings"
)

// Trusted are documents the operator has approved, by their text. A nil *Trusted
// holds none; others come from [LoadTrusted].
type Trusted struct {
	byID   map[string]string
	byHash map[string]string // their ids by SHA-256, in lower-case hex
}

// All are the documents by their ids, for reading.
func (t *Trusted) All() map[string]string {
	if t == nil {
		return nil
	}
	return t.byID
}

// With are the documents of t and those of others, which are valid, by id. Of an id in
// both it is that of t.
func (t *Trusted) With(others map[string]string) *Trusted {
	all := &Trusted{byID: maps.Clone(others), byHash: map[string]string{}}
	maps.Copy(all.byID, t.All())
	for id, text := range all.byID {
		if hash := hashOf(text); all.byHash[hash] == "" || id < all.byHash[hash] {
			all.byHash[hash] = id
		}
	}
	return all
}

// Lookup finds a document by id or hash, and its id. The hash may be written with its
// prefix, "sha256:…".
func (t *Trusted) Lookup(idOrHash string) (id, text string, ok bool) {
	if t == nil {
		return "", "", false
	}
	id = idOrHash
	if text, ok = t.byID[id]; !ok {
		id = t.byHash[strings.TrimPrefix(idOrHash, "sha256:")]
		text, ok = t.byID[id]
	}
	return id, text, ok
}
