package graph

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// deprecatedFields returns the deprecated fields that op selects, as Type.field, each once. It
// includes fields in fragments and under @skip or @include.
func deprecatedFields(op *graphql.OperationContext) (fields []string) {
	seen := map[string]bool{} // fragments
	var walk func(ast.SelectionSet)
	walk = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if s.Definition != nil && s.Definition.Directives.ForName("deprecated") != nil {
					if name := s.ObjectDefinition.Name + "." + s.Name; !slices.Contains(fields, name) {
						fields = append(fields, name)
					}
				}
				walk(s.SelectionSet)
			case *ast.InlineFragment:
				walk(s.SelectionSet)
			case *ast.FragmentSpread:
				if !seen[s.Name] {
					seen[s.Name] = true
					walk(s.Definition.SelectionSet)
				}
			}
		}
	}
	walk(op.Operation.SelectionSet)
	return fields
}
