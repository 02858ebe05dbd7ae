package limits

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

const (
	// maxRepeats is how often one name may stand in a document. Whether fields of
	// one name can be merged is found out by comparing each with each: two thousand
	// take a third of a second, three hundred a hundredth.
	maxRepeats = 300

	// shortText is a document too short for a dangerous number of names, in bytes.
	shortText = 2 << 10
)

// Repeats is the extension for gqlgen that refuses a document which says one name
// over and over, before it is validated. It comes after whatever finds the text of
// a document.
type Repeats struct {
	// Known tells whether the document of a text is kept, and so was validated.
	Known func(text string) bool
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Repeats{}

// ExtensionName is the name by which gqlgen knows the extension.
func (Repeats) ExtensionName() string { return "RepeatedNames" }

// Validate has nothing against any schema.
func (Repeats) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters refuses the text of params, or leaves it.
func (x Repeats) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if len(params.Query) <= shortText || x.Known(params.Query) || !repeats(params.Query) {
		return nil
	}
	return (&Refusal{Limit: Names, Allowed: maxRepeats, Actual: maxRepeats + 1}).gqlError()
}

// repeats looks for a name that text says too often. It leaves invalid documents to the
// parser.
func repeats(text string) bool {
	seen := map[string]int{}
	for tokens := lexer.New(&ast.Source{Input: text}); ; {
		switch t, err := tokens.ReadToken(); {
		case err != nil || t.Kind == lexer.EOF:
			return false
		case t.Kind == lexer.Name:
			if seen[t.Value]++; seen[t.Value] > maxRepeats {
				return true
			}
		}
	}
}
