package limits

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Options configure a Guard.
type Options struct {
	Limits Limits // the zero value means the defaults
	// Values returns a map to store values computed from op's document, for as long as the
	// document is cached; nil if it is not. The Guard stores measurements there, unless they
	// depend on variables. If the function is nil, it stores nothing.
	Values func(op *graphql.OperationContext) *sync.Map
}

// A Guard rejects operations that are too expensive. It is safe for concurrent use.
type Guard struct {
	limits Limits // with defaults filled in
	prices priceIndex
	values func(*graphql.OperationContext) *sync.Map
}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationContextMutator
} = (*Guard)(nil)

// New returns a Guard for operations over schema. It returns an error for a price of a field that
// the schema does not have, since a misspelt price would make its field free.
func New(schema *ast.Schema, prices Prices, opt Options) (*Guard, error) {
	idx, err := newPriceIndex(schema, prices)
	if err != nil {
		return nil, err
	}
	g := &Guard{limits: opt.Limits.withDefaults(), prices: idx, values: opt.Values}
	if g.values == nil {
		g.values = func(*graphql.OperationContext) *sync.Map { return nil }
	}
	return g, nil
}

// ExtensionName returns the extension's name for gqlgen.
func (*Guard) ExtensionName() string { return "OperationLimits" }

// Validate returns nil; New has validated the prices.
func (*Guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext measures the operation and rejects it if it exceeds a limit. gqlgen
// calls it when the variables are known.
func (g *Guard) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	op.DisableIntrospection = !g.limits.Introspection
	stats, refused := g.measureOnce(op)
	if refused != nil {
		return refused.gqlError()
	}
	if stats.Introspection && !g.limits.Introspection {
		return introspectionRefused()
	}
	return nil
}

// Pages returns the Census pages of op, estimated from its arguments, and the limit for an
// operation. op must have been accepted.
func (g *Guard) Pages(op *graphql.OperationContext) (estimated, most int) {
	stats, _ := g.measureOnce(op)
	return stats.Pages, g.limits.Pages
}

// measurementKey is the key of a remembered measurement.
type measurementKey struct{ *ast.OperationDefinition }

// measureOnce is measure, but reuses an earlier measurement.
func (g *Guard) measureOnce(op *graphql.OperationContext) (*Stats, *Refusal) {
	values := g.values(op)
	if values != nil {
		if known, ok := values.Load(measurementKey{op.Operation}); ok {
			stats := known.(*Stats)
			return stats, stats.refusal(&g.limits)
		}
	}
	stats, refused, varied := g.measure(op.Doc, op.Operation, op.Variables)
	if values != nil && refused == nil && !varied {
		values.Store(measurementKey{op.Operation}, &stats)
	}
	return &stats, refused
}

// measure returns the cost of op, the exceeded limit if there is one, and whether other variables
// can change them. The document must have been validated against the Guard's schema; vars must be
// coerced values.
func (g *Guard) measure(doc *ast.QueryDocument, op *ast.OperationDefinition, vars map[string]any) (_ Stats, _ *Refusal, varied bool) {
	stats := measureShape(doc, op, g.limits.Selections)
	if r := stats.refusal(&g.limits); r != nil {
		return stats, r, false
	}
	p := pricing{doc: doc, prices: g.prices, vars: vars}
	stats.Pages = p.total(op.SelectionSet)
	return stats, stats.refusal(&g.limits), p.usesVariables
}
