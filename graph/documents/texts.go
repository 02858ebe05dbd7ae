package documents

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

const (
	// DefaultTextBytes is the size of [NewTexts] where none is given.
	DefaultTextBytes = 4 << 20

	// maxText is the longest text kept, in bytes. It is longer than for parsed
	// documents, since long ones are what clients register hashes for.
	maxText = 32 << 10
)

var _ graphql.Cache[string] = (*Texts)(nil)

// Texts keeps the text of documents by hash, in memory.
type Texts struct{ *lru[string] }

// NewTexts keeps texts within maxBytes. 0 means DefaultTextBytes.
func NewTexts(maxBytes int) *Texts {
	if maxBytes == 0 {
		maxBytes = DefaultTextBytes
	}
	return &Texts{newLRU[string](maxBytes)}
}

// Get gives the text registered under hash.
func (t *Texts) Get(_ context.Context, hash string) (string, bool) { return t.get(hash) }

// Add keeps text under hash, unless it is longer than 32 KiB.
func (t *Texts) Add(_ context.Context, hash, text string) {
	if len(text) <= maxText {
		t.add(hash, text, len(hash)+len(text)+entryBytes)
	}
}
