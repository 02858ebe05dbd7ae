package documents

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// parsedBytes is what the documents kept may take: room for some hundred of the
	// usual length.
	parsedBytes = 32 << 20

	// maxParsed is the longest document whose parsed form is kept, in bytes of text.
	maxParsed = 8 << 10

	// parsedFactor is how many bytes of memory a parsed and validated document
	// takes for each byte of its text, at most: 112 for one-letter fields, 22 as
	// clients print them (TestParsedFactor measures it); and what is kept beside it,
	// some 60 bytes for each field and as many again for each of a sync.
	parsedFactor = 140
)

var _ interface {
	graphql.Cache[*ast.QueryDocument]
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*Parsed)(nil)

// Parsed keeps parsed and validated documents by their text, for gqlgen's
// SetQueryCache. Documents are shared between requests: who holds one must not
// change it. As an extension it lets others keep with a document what they make of
// it (Beside); it comes before those.
type Parsed struct{ *shared[*document] }

type document struct {
	doc    *ast.QueryDocument
	beside *sync.Map
}

// NewParsed keeps documents within 32 MiB of memory, reckoned from the length of
// their text, and so on the safe side.
func NewParsed() *Parsed { return &Parsed{newShared[*document](parsedBytes)} }

// Get gives the parsed form of text.
func (p *Parsed) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	known, ok := p.get(text)
	if !ok {
		return nil, false
	}
	return known.doc, true
}

// Has tells whether the parsed form of text is kept.
func (p *Parsed) Has(text string) bool {
	_, ok := p.get(text)
	return ok
}

// ExtensionName is the name by which gqlgen knows the extension.
func (*Parsed) ExtensionName() string { return parsedName }

const parsedName = "Parsed"

// Validate has nothing against any schema.
func (*Parsed) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext remembers what is kept with op's document.
func (p *Parsed) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if known, ok := p.get(op.RawQuery); ok && known.doc == op.Doc {
		op.Stats.SetExtension(parsedName, known)
	}
	return nil
}

// Beside is where to keep what was made of op's document, for as long as that is
// kept itself; nil if it is not, or if op was given another document since, which is
// one of its own. Each user has keys of a type of its own.
func Beside(op *graphql.OperationContext) *sync.Map {
	if known, ok := op.Stats.GetExtension(parsedName).(*document); ok && known.doc == op.Doc {
		return known.beside
	}
	return nil
}

// Add keeps the parsed form of text, unless that is longer than 8 KiB: long
// documents are rare and mostly hostile.
func (p *Parsed) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxParsed {
		p.add(text, &document{doc, new(sync.Map)}, parsedFactor*len(text)+entryBytes)
	}
}
