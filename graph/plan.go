package graph

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/documents"
)

// A plan is what the text of an operation tells: what to begin to read, and how to
// write the answer. Where no directive stands in it, which may leave out one thing
// or another, the plan holds for each execution, and is kept with the document.
type plan struct {
	document string // its short hash
	roots    []asked
	query    compiledQuery
}

// A compiledQuery writes the answer to a query, or cannot: then write is nil.
type compiledQuery struct {
	*compiler
	write writer[struct{}]
}

// planName is the name of a plan among what gqlgen carries with an operation.
const planName = "Plan"

// planKey is the key of a plan among what is kept with a document.
type planKey struct{ *ast.OperationDefinition }

// planOf is the plan of op.
func planOf(op *graphql.OperationContext) *plan {
	if p, ok := op.Stats.GetExtension(planName).(*plan); ok {
		return p
	}
	p := keptPlan(op)
	op.Stats.SetExtension(planName, p)
	return p
}

func keptPlan(op *graphql.OperationContext) *plan {
	beside := documents.Beside(op)
	if beside != nil {
		if p, ok := beside.Load(planKey{op.Operation}); ok {
			return p.(*plan)
		}
	}
	p := newPlan(op)
	if beside != nil && !directed(op.Doc) {
		beside.Store(planKey{op.Operation}, p)
	}
	return p
}

func newPlan(op *graphql.OperationContext) *plan {
	document := documents.ShortHash(op.RawQuery)
	if op.Operation.Operation != ast.Query {
		return &plan{document: document}
	}
	c := &compiler{op: op}
	write := queryObject.writer(c, op.Operation.SelectionSet)
	c.op = nil // is of this execution
	return &plan{document, askedAhead(op), compiledQuery{c, write}}
}

// documentOf is the short hash of op's document, if there is one. An operation that
// was refused has no plan, and gets none.
func documentOf(op *graphql.OperationContext) string {
	if p, ok := op.Stats.GetExtension(planName).(*plan); ok {
		return p.document
	}
	return documents.ShortHash(op.RawQuery)
}

// directed tells whether a directive stands somewhere in doc.
func directed(doc *ast.QueryDocument) bool {
	var in func(ast.SelectionSet) bool
	in = func(sel ast.SelectionSet) bool {
		return slices.ContainsFunc(sel, func(s ast.Selection) bool {
			switch s := s.(type) {
			case *ast.Field:
				return len(s.Directives) > 0 || in(s.SelectionSet)
			case *ast.InlineFragment:
				return len(s.Directives) > 0 || in(s.SelectionSet)
			case *ast.FragmentSpread:
				return len(s.Directives) > 0
			}
			return true
		})
	}
	return slices.ContainsFunc(doc.Operations, func(op *ast.OperationDefinition) bool { return in(op.SelectionSet) }) ||
		slices.ContainsFunc(doc.Fragments, func(f *ast.FragmentDefinition) bool { return in(f.SelectionSet) })
}
