// Package inputs validates the literals and variables of an operation against the schema
// before execution. gqlparser and gqlgen accept some values that the specification rejects:
// an enum's value in the wrong case, a null variable for a non-null argument, a number for
// a String. The arguments of every field can read the values that pass.
package inputs

import (
	"context"
	"fmt"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A Scalar is one that is not the specification's own.
type Scalar struct {
	Reads func(any) bool // tells whether a value is one
	Form  string         // what one looks like, for the client
}

// Options are what a Checker can do without.
type Options struct {
	// Scalars are known by name; of others every value passes.
	Scalars map[string]Scalar
	// Code is extensions.code of every refusal.
	Code string
	// Values is where something can be kept with op's document, for as long as that
	// is kept itself; nil where it is not. A nil function keeps nothing.
	Values func(op *graphql.OperationContext) *sync.Map
	// Secret keeps names of the schema that the client did not send out of messages.
	Secret bool
}

// A Checker rejects operations with invalid inputs. It is safe for use by many requests at
// once, and comes before all extensions that look at variables.
type Checker struct {
	schema *ast.Schema
	Options
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
	graphql.OperationContextMutator
} = (*Checker)(nil)

// New returns a Checker for operations over schema.
func New(schema *ast.Schema, opt Options) *Checker {
	if opt.Values == nil {
		opt.Values = func(*graphql.OperationContext) *sync.Map { return nil }
	}
	return &Checker{schema, opt}
}

// ExtensionName is the name by which gqlgen knows the extension.
func (*Checker) ExtensionName() string { return "Inputs" }

// Validate has nothing against any schema: New was given it.
func (*Checker) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters writes whole numbers as such.
func (*Checker) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	for name, v := range params.Variables {
		params.Variables[name] = whole(v)
	}
	return nil
}

// MutateOperationContext rejects invalid inputs. gqlgen calls it once the variables are
// known.
func (c *Checker) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	uses, refused := c.remember(op)
	if refused != nil {
		return refused
	}
	if refused := c.Variables(op.Operation, op.Variables); refused != nil {
		return refused
	}
	for _, u := range uses {
		if v, given := op.Variables[u.variable]; given && v == nil {
			return c.refusal("$%s: must not be null, because %s is non-null", u.variable, u.place)
		}
	}
	return nil
}

// Variables refuses the first of op's variables whose value is not of its type.
// Values may be as they were sent or as gqlparser has coerced them.
func (c *Checker) Variables(op *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	for _, def := range op.VariableDefinitions {
		v, given := values[def.Variable]
		switch {
		case given:
			if m := c.value(def.Type, v); m != nil {
				return c.refusal("$%s%s: %s", def.Variable, m.place, m.text)
			}
		case def.Type.NonNull && def.DefaultValue == nil:
			return c.refusal("$%s: is required", def.Variable)
		}
	}
	return nil
}

func (c *Checker) refusal(format string, args ...any) *gqlerror.Error {
	return &gqlerror.Error{Message: fmt.Sprintf(format, args...), Extensions: map[string]any{"code": c.Code}}
}

// usesKey is the key under which the uses of an operation are kept.
type usesKey struct{ *ast.OperationDefinition }

// remember is look for an operation that may have been looked at before.
func (c *Checker) remember(op *graphql.OperationContext) ([]use, *gqlerror.Error) {
	values := c.Values(op)
	if values != nil {
		if known, ok := values.Load(usesKey{op.Operation}); ok {
			return known.([]use), nil
		}
	}
	uses, refused := c.look(op.Doc, op.Operation)
	if values != nil && refused == nil {
		values.Store(usesKey{op.Operation}, uses)
	}
	return uses, refused
}
