package documents

import (
	"maps"
	"strings"
)

// Trusted holds documents that the operator approved. A nil *Trusted is empty. [LoadTrusted]
// returns others.
type Trusted struct {
	byID   map[string]string
	byHash map[string]string // their ids by SHA-256, in lower-case hex
}

// All returns the documents by id. The map must not be modified.
func (t *Trusted) All() map[string]string {
	if t == nil {
		return nil
	}
	return t.byID
}

// With returns the documents of t and of others, which must be valid, by id. If both have an id,
// t's document wins.
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

// Lookup returns the document with an id or hash, and its id. The hash may have the prefix
// "sha256:".
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
