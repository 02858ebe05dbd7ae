package documents

import "strings"

// Trusted are documents the operator has approved, by their text. A nil *Trusted
// holds none; others come from [LoadTrusted].
type Trusted struct {
	byID   map[string]string
	byHash map[string]string // their ids by SHA-256, in lower-case hex
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
