package limits

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
)

const (
	// maxRepeats is how often a document may use one name. Validation compares all fields of one
	// name with each other: 2,000 take a third of a second, 300 a hundredth.
	maxRepeats = 300

	// uncheckedBytes is the length, in bytes, up to which a document is too short to be dangerous.
	uncheckedBytes = 2 << 10
)

// Repeats is a gqlgen extension that rejects a document which repeats one name too often, before
// validation. Add it after all extensions that supply a document's text.
type Repeats struct {
	// Known reports whether the document is cached, and so was validated before.
	Known func(text string) bool
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = Repeats{}

// ExtensionName returns the extension's name for gqlgen.
func (Repeats) ExtensionName() string { return "RepeatedNames" }

// Validate returns nil: any schema is valid.
func (Repeats) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters checks the text of params.
func (x Repeats) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	if len(params.Query) <= uncheckedBytes || x.Known(params.Query) || !repeatsName(params.Query) {
		return nil
	}
	return (&Refusal{Limit: Names, Allowed: maxRepeats, Actual: maxRepeats + 1}).gqlError()
}

// repeatsName reports whether text repeats a name too often. It returns false for invalid
// documents, which the parser reports.
func repeatsName(text string) bool {
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
