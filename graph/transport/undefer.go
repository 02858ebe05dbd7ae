package transport

import (
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const deferName = "defer"

// deferring reports whether the document of op holds @defer anywhere.
func deferring(op *graphql.OperationContext) bool {
	// Names have no escapes in GraphQL, so most documents end here.
	if !strings.Contains(op.RawQuery, deferName) {
		return false
	}
	if defers(op.Operation.SelectionSet, noFragment) {
		return true
	}
	for _, f := range op.Doc.Fragments {
		if defers(f.SelectionSet, noFragment) {
			return true
		}
	}
	return false
}

func noFragment(string) bool { return false }

// defers reports whether @defer stands on sel or below it; fragment answers
// for the fragments that are spread there.
func defers(sel ast.SelectionSet, fragment func(name string) bool) bool {
	for _, s := range sel {
		switch s := s.(type) {
		case *ast.Field:
			if defers(s.SelectionSet, fragment) {
				return true
			}
		case *ast.InlineFragment:
			if s.Directives.ForName(deferName) != nil || defers(s.SelectionSet, fragment) {
				return true
			}
		case *ast.FragmentSpread:
			if s.Directives.ForName(deferName) != nil || fragment(s.Name) {
				return true
			}
		}
	}
	return false
}

// undefer takes @defer out of the operation that op is about to run, so that
// its answer comes whole; a server is free to ignore the directive.
func undefer(op *graphql.OperationContext) {
	redirect(op, func(*ast.Directive) *ast.Directive { return nil })
}
