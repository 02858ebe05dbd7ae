package transport

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// redirect puts in the place of each @defer of the operation that op is about to
// run what change makes of it; nil takes it out.
//
// The document may be in the cache and in use by other requests, so what
// changes is copied: selections and the definitions that hold them. Types and
// arguments stay shared.
func redirect(op *graphql.OperationContext, change func(*ast.Directive) *ast.Directive) {
	c := copier{change, make(map[string]*ast.FragmentDefinition, len(op.Doc.Fragments))}
	doc := *op.Doc
	doc.Fragments = make(ast.FragmentDefinitionList, len(op.Doc.Fragments))
	for i, f := range op.Doc.Fragments {
		copied := *f
		doc.Fragments[i] = &copied
		c.fragments[f.Name] = &copied
	}
	for _, f := range doc.Fragments {
		f.SelectionSet = c.selections(f.SelectionSet)
	}

	operation := *op.Operation
	operation.SelectionSet = c.selections(operation.SelectionSet)
	doc.Operations = make(ast.OperationList, len(op.Doc.Operations))
	for i, o := range op.Doc.Operations {
		if o == op.Operation {
			o = &operation
		}
		doc.Operations[i] = o
	}
	op.Doc, op.Operation = &doc, &operation
}

// A copier copies the parts of one document.
type copier struct {
	change    func(*ast.Directive) *ast.Directive
	fragments map[string]*ast.FragmentDefinition // the copies, by name
}

func (c copier) selections(sel ast.SelectionSet) ast.SelectionSet {
	if sel == nil {
		return nil
	}
	out := make(ast.SelectionSet, len(sel))
	for i, s := range sel {
		switch s := s.(type) {
		case *ast.Field:
			copied := *s
			copied.SelectionSet = c.selections(s.SelectionSet)
			out[i] = &copied
		case *ast.InlineFragment:
			copied := *s
			copied.Directives = c.directives(s.Directives)
			copied.SelectionSet = c.selections(s.SelectionSet)
			out[i] = &copied
		case *ast.FragmentSpread:
			copied := *s
			copied.Directives = c.directives(s.Directives)
			copied.Definition = c.fragments[s.Name]
			out[i] = &copied
		default:
			out[i] = s
		}
	}
	return out
}

func (c copier) directives(list ast.DirectiveList) ast.DirectiveList {
	if list.ForName(deferName) == nil {
		return list
	}
	out := make(ast.DirectiveList, 0, len(list))
	for _, d := range list {
		if d.Name == deferName {
			if d = c.change(d); d == nil {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}
