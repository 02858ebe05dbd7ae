package documents

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// planBytes is what the documents kept may take: room for some hundred of the
	// usual length.
	planBytes = 32 << 20

	// maxPlan is the longest document whose parsed form is kept, in bytes of text.
	maxPlan = 8 << 10

	// planFactor is how many bytes of memory a parsed and validated document
	// takes for each byte of its text, at most: 112 for one-letter fields, 22 as
	// clients print them (TestPlanFactor measures it); and what is kept beside it,
	// some 60 bytes for each field and as many again for each of a sync.
	planFactor = 140
)

var _ interface {
	graphql.Cache[*ast.QueryDocument]
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*Plans)(nil)

// Plans keeps parsed and validated documents by their text, for gqlgen's
// SetQueryCache. Documents are shared between requests: who holds one must not
// change it. As an extension it lets others keep with a document what they make of
// it (Beside); it comes before those.
type Plans struct{ *lru[*plan] }

type plan struct {
	doc    *ast.QueryDocument
	beside *sync.Map
}

// NewPlans keeps documents within 32 MiB of memory, reckoned from the length of
// their text, and so on the safe side.
func NewPlans() *Plans { return &Plans{newLRU[*plan](planBytes)} }

// Get gives the parsed form of text.
func (p *Plans) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	known, ok := p.get(text)
	if !ok {
		return nil, false
	}
	return known.doc, true
}

// Has tells whether the parsed form of text is kept.
func (p *Plans) Has(text string) bool {
	_, ok := p.get(text)
	return ok
}

// ExtensionName is the name by which gqlgen knows the extension.
func (*Plans) ExtensionName() string { return plansName }

const plansName = "Plans"

// Validate has nothing against any schema.
func (*Plans) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext remembers what is kept with op's document.
func (p *Plans) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if known, ok := p.get(op.RawQuery); ok && known.doc == op.Doc {
		op.Stats.SetExtension(plansName, known)
	}
	return nil
}

// Beside is where to keep what was made of op's document, for as long as that is
// kept itself; nil if it is not, or if op was given another document since, which is
// one of its own. Each user has keys of a type of its own.
func Beside(op *graphql.OperationContext) *sync.Map {
	if known, ok := op.Stats.GetExtension(plansName).(*plan); ok && known.doc == op.Doc {
		return known.beside
	}
	return nil
}

// Add keeps the parsed form of text, unless that is longer than 8 KiB: long
// documents are rare and mostly hostile.
func (p *Plans) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxPlan {
		p.add(text, &plan{doc, new(sync.Map)}, planFactor*len(text)+entryBytes)
	}
}
