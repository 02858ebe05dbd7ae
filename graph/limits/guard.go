package limits

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Options are what a Guard can do without.
type Options struct {
	Limits Limits // the zero value is the defaults
	// Beside is where something can be kept with op's document, for as long as that is kept
	// itself; nil where it is not. Measurements are kept there, unless they depend on
	// variables. A nil function keeps nothing.
	Beside func(op *graphql.OperationContext) *sync.Map
}

// A Guard refuses operations that ask for too much. It is safe for use by many
// requests at once.
type Guard struct {
	limits Limits // resolved
	prices index
	beside func(*graphql.OperationContext) *sync.Map
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*Guard)(nil)

// New returns a Guard for operations over schema. A price of a field that the
// schema does not have is an error: a misspelt price would make its field free.
func New(schema *ast.Schema, prices Prices, opt Options) (*Guard, error) {
	idx, err := newIndex(schema, prices)
	if err != nil {
		return nil, err
	}
	g := &Guard{limits: opt.Limits.resolved(), prices: idx, beside: opt.Beside}
	if g.beside == nil {
		g.beside = func(*graphql.OperationContext) *sync.Map { return nil }
	}
	return g, nil
}

// ExtensionName is the name gqlgen knows the Guard by.
func (*Guard) ExtensionName() string { return "OperationLimits" }

// Validate is asked by gqlgen when the Guard is registered. New has already
// checked what could be wrong.
func (*Guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext measures the operation and refuses it where a limit is
// passed. gqlgen calls it once the variables are known.
func (g *Guard) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	op.DisableIntrospection = !g.limits.Introspection
	stats, refused := g.remember(op)
	if refused != nil {
		return refused.gqlError()
	}
	if stats.Introspection && !g.limits.Introspection {
		return introspectionRefused()
	}
	return nil
}

// Pages tells how many Census pages op, which was let through, was reckoned to cost,
// as far as its arguments tell, and how many an operation may.
func (g *Guard) Pages(op *graphql.OperationContext) (estimated, most int) {
	stats, _ := g.remember(op)
	return stats.Pages, g.limits.Pages
}

// measured is the key under which what an operation was measured to be is kept.
type measured struct{ *ast.OperationDefinition }

// remember is measure for an operation that may have been measured before.
func (g *Guard) remember(op *graphql.OperationContext) (*Stats, *Refusal) {
	beside := g.beside(op)
	if beside != nil {
		if known, ok := beside.Load(measured{op.Operation}); ok {
			stats := known.(*Stats)
			return stats, stats.refusal(&g.limits)
		}
	}
	stats, refused, varied := g.measure(op.Doc, op.Operation, op.Variables)
	if beside != nil && refused == nil && !varied {
		beside.Store(measured{op.Operation}, &stats)
	}
	return &stats, refused
}

// measure tells what op would cost, where a limit is passed which, and whether it
// would be something else with other variables. The document must have been
// validated against the Guard's schema; vars are coerced values.
func (g *Guard) measure(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) (_ Stats, _ *Refusal, varied bool) {
	stats := measureShape(doc, op, g.limits.Selections)
	if r := stats.refusal(&g.limits); r != nil {
		return stats, r, false
	}
	p := pricing{doc: doc, prices: g.prices, vars: vars}
	stats.Pages = p.total(op.SelectionSet)
	return stats, stats.refusal(&g.limits), p.varied
}
