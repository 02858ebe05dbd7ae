package documents

import "strings"

// Trusted are documents the operator has approved, by their text. A nil *Trusted
// holds none; others come from [LoadTrusted].
type Trusted struct {
	byID   map[string]string
	byHash map[string]string // by SHA-256, in lower-case hex
}

// Lookup finds a document by id or hash. The hash may be written with its
// prefix, "sha256:…".
func (t *Trusted) Lookup(id string) (text string, ok bool) {
	if t == nil {
		return "", false
	}
	if text, ok = t.byID[id]; !ok {
		text, ok = t.byHash[strings.TrimPrefix(id, "sha256:")]
	}
	return text, ok
}
