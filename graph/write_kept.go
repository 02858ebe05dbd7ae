package graph

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A compiledQuery writes the answer to a query, or cannot: then write is nil.
type compiledQuery struct {
	*compiler
	write writer[struct{}]
}

// compiled compiles op. Without directives, which may tell it to leave out one
// thing or another, that holds for each later execution too.
func (s selfWriting) compiled(op *graphql.OperationContext) compiledQuery {
	beside := s.plans.Beside(op.RawQuery)
	if beside != nil {
		if known, ok := beside.Load(op.Operation); ok {
			return known.(compiledQuery)
		}
	}
	c := &compiler{op: op}
	query := compiledQuery{c, queryObject.writer(c, op.Operation.SelectionSet)}
	if beside != nil && !directed(op.Doc) {
		c.op = nil // is of this execution
		beside.Store(op.Operation, query)
	}
	return query
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
