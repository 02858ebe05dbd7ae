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
//
// The document may be in the cache and in use by other requests, so what
// changes is copied: selections and the definitions that hold them. Types and
// arguments stay shared.
func undefer(op *graphql.OperationContext) {
	fragments := make(map[string]*ast.FragmentDefinition, len(op.Doc.Fragments))
	doc := *op.Doc
	doc.Fragments = make(ast.FragmentDefinitionList, len(op.Doc.Fragments))
	for i, f := range op.Doc.Fragments {
		copied := *f
		doc.Fragments[i] = &copied
		fragments[f.Name] = &copied
	}
	for _, f := range doc.Fragments {
		f.SelectionSet = undeferred(f.SelectionSet, fragments)
	}

	operation := *op.Operation
	operation.SelectionSet = undeferred(operation.SelectionSet, fragments)
	doc.Operations = make(ast.OperationList, len(op.Doc.Operations))
	for i, o := range op.Doc.Operations {
		if o == op.Operation {
			o = &operation
		}
		doc.Operations[i] = o
	}
	op.Doc, op.Operation = &doc, &operation
}

func undeferred(sel ast.SelectionSet, fragments map[string]*ast.FragmentDefinition) ast.SelectionSet {
	if sel == nil {
		return nil
	}
	out := make(ast.SelectionSet, len(sel))
	for i, s := range sel {
		switch s := s.(type) {
		case *ast.Field:
			copied := *s
			copied.SelectionSet = undeferred(s.SelectionSet, fragments)
			out[i] = &copied
		case *ast.InlineFragment:
			copied := *s
			copied.Directives = withoutDefer(s.Directives)
			copied.SelectionSet = undeferred(s.SelectionSet, fragments)
			out[i] = &copied
		case *ast.FragmentSpread:
			copied := *s
			copied.Directives = withoutDefer(s.Directives)
			copied.Definition = fragments[s.Name]
			out[i] = &copied
		default:
			out[i] = s
		}
	}
	return out
}

func withoutDefer(list ast.DirectiveList) ast.DirectiveList {
	if list.ForName(deferName) == nil {
		return list
	}
	out := make(ast.DirectiveList, 0, len(list)-1)
	for _, d := range list {
		if d.Name != deferName {
			out = append(out, d)
		}
	}
	return out
}
