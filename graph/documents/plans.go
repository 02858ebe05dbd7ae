package documents

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// DefaultPlanBytes is the size of [NewPlans] where none is given: room for
	// some hundred documents of the usual length.
	DefaultPlanBytes = 32 << 20

	// maxPlan is the longest document whose parsed form is kept, in bytes of text.
	maxPlan = 8 << 10

	// planFactor is how many bytes of memory a parsed and validated document
	// takes for each byte of its text, at most: 112 for one-letter fields, 22 as
	// clients print them (TestPlanFactor measures it); and what is kept beside it,
	// some 60 bytes for each field.
	planFactor = 140
)

var _ graphql.Cache[*ast.QueryDocument] = (*Plans)(nil)

// Plans keeps parsed and validated documents by their text, for gqlgen's
// SetQueryCache. Documents are shared between requests: who holds one must not
// change it.
type Plans struct{ *lru[plan] }

type plan struct {
	doc    *ast.QueryDocument
	beside *sync.Map
}

// NewPlans keeps documents within maxBytes of memory, reckoned from the length
// of their text, and so on the safe side. 0 means DefaultPlanBytes.
func NewPlans(maxBytes int) *Plans {
	if maxBytes == 0 {
		maxBytes = DefaultPlanBytes
	}
	return &Plans{newLRU[plan](maxBytes)}
}

// Get gives the parsed form of text.
func (p *Plans) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	known, ok := p.get(text)
	return known.doc, ok
}

// Beside is where to keep, by operation, what was made of the document with a
// text: for as long as that is kept itself. Nil if it is not.
func (p *Plans) Beside(text string) *sync.Map {
	known, _ := p.get(text)
	return known.beside
}

// Add keeps the parsed form of text, unless that is longer than 8 KiB: long
// documents are rare and mostly hostile.
func (p *Plans) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxPlan {
		p.add(text, plan{doc, new(sync.Map)}, planFactor*len(text)+entryBytes)
	}
}
