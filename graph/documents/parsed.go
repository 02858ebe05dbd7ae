package documents

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

const (
	// parsedBytes is the maximum memory of parsed documents. It holds some hundred documents of
	// usual length.
	parsedBytes = 32 << 20

	// maxParsed is the maximum length, in bytes of text, of a document whose parsed form is kept.
	maxParsed = 8 << 10

	// parsedFactor is an upper estimate of the memory of a parsed and validated document, in
	// bytes per byte of text. The document takes 112 for one-letter fields, and 22 as clients
	// print them (TestParsedFactor measures it). The values stored beside it take some 60 bytes
	// for each field, and another 60 for each field of a sync.
	parsedFactor = 140
)

var _ interface {
	graphql.Cache[*ast.QueryDocument]
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*Parsed)(nil)

// Parsed is a cache of parsed and validated documents by their text, for gqlgen's SetQueryCache.
// Requests share the documents, which must not be modified. As an extension, it lets other
// extensions store values beside a document (see Values). Add it before them.
type Parsed struct{ *cache[*document] }

type document struct {
	doc    *ast.QueryDocument
	values *sync.Map
}

// NewParsed returns an empty cache of at most 32 MiB. It overestimates the memory of a document,
// from the length of its text.
func NewParsed() *Parsed { return &Parsed{newCache[*document](parsedBytes)} }

// Get returns the parsed form of text.
func (p *Parsed) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	known, ok := p.get(text)
	if !ok {
		return nil, false
	}
	return known.doc, true
}

// Has reports whether the parsed form of text is cached.
func (p *Parsed) Has(text string) bool {
	_, ok := p.get(text)
	return ok
}

// ExtensionName returns the extension's name for gqlgen.
func (*Parsed) ExtensionName() string { return parsedName }

const parsedName = "Parsed"

// Validate returns nil: any schema is valid.
func (*Parsed) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext attaches the map of op's document to op, for Values.
func (p *Parsed) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	if known, ok := p.get(op.RawQuery); ok && known.doc == op.Doc {
		op.Stats.SetExtension(parsedName, known)
	}
	return nil
}

// Values returns a map to store values computed from op's document, for as long as the document
// is cached. It returns nil if the document is not cached, or op has another document by now.
// Each user must use keys of its own type.
func Values(op *graphql.OperationContext) *sync.Map {
	if known, ok := op.Stats.GetExtension(parsedName).(*document); ok && known.doc == op.Doc {
		return known.values
	}
	return nil
}

// Add caches the parsed form of text, unless the text is longer than 8 KiB. Long documents are
// rare and mostly hostile.
func (p *Parsed) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	if len(text) <= maxParsed {
		p.add(text, &document{doc, new(sync.Map)}, parsedFactor*len(text)+entryBytes)
	}
}
