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

// A Scalar describes a custom scalar.
type Scalar struct {
	Reads func(any) bool // reports whether a value is valid
	Form  string         // describes the valid values, for the error message
}

// Options are the options of a Checker. The zero value is valid.
type Options struct {
	// Scalars are the custom scalars to check, by name. All values of other scalars are valid.
	Scalars map[string]Scalar
	// Code is extensions.code of every error.
	Code string
	// Values returns a map that is cached with op's document. It returns nil if the
	// document is not cached. If the function is nil, nothing is cached.
	Values func(op *graphql.OperationContext) *sync.Map
	// Secret omits from messages the names in the schema that the client did not send.
	Secret bool
}

// A Checker rejects operations with invalid inputs. It is safe for use by many requests at
// once. Add it before all extensions that read variables.
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

// ExtensionName returns the extension's name for gqlgen.
func (*Checker) ExtensionName() string { return "Inputs" }

// Validate returns nil: the schema was given to New.
func (*Checker) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters writes whole numbers without a point or an exponent.
func (*Checker) MutateOperationParameters(_ context.Context, params *graphql.RawParams) *gqlerror.Error {
	for name, v := range params.Variables {
		params.Variables[name] = wholeNumbers(v)
	}
	return nil
}

// MutateOperationContext rejects invalid inputs. gqlgen calls it once it has read the variables.
func (c *Checker) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	uses, refused := c.cachedUses(op)
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

// Variables returns an error for the first of op's variables whose value is invalid; nil if
// all are valid. The values may be coerced by gqlparser or not.
func (c *Checker) Variables(op *ast.OperationDefinition, values map[string]any) *gqlerror.Error {
	for _, def := range op.VariableDefinitions {
		v, given := values[def.Variable]
		switch {
		case given:
			if m := c.checkValue(def.Type, v); m != nil {
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

// usesKey is the key of an operation's uses in the map that Values returns.
type usesKey struct{ *ast.OperationDefinition }

// cachedUses is checkDocument with its result cached beside the document.
func (c *Checker) cachedUses(op *graphql.OperationContext) ([]use, *gqlerror.Error) {
	values := c.Values(op)
	if values != nil {
		if known, ok := values.Load(usesKey{op.Operation}); ok {
			return known.([]use), nil
		}
	}
	uses, refused := c.checkDocument(op.Doc, op.Operation)
	if values != nil && refused == nil {
		values.Store(usesKey{op.Operation}, uses)
	}
	return uses, refused
}
