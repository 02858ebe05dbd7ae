package inputs

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// A use is a nullable variable at a non-null place. The specification allows it if the
// variable or the place has a default ("All Variable Usages Are Allowed"). The default does
// not apply if the client sends null.
type use struct{ variable, place string }

// checkDocument checks the literals in op and its fragments. It returns the variables that
// must not be null, with their places, or an error for the first invalid literal.
func (c *Checker) checkDocument(doc *ast.QueryDocument, op *ast.OperationDefinition) ([]use, *gqlerror.Error) {
	w := walk{Checker: c, doc: doc, op: op, seen: map[string]bool{}}
	w.directives(op.Directives)
	w.selections(op.SelectionSet)
	return w.uses, w.refused
}

type walk struct {
	*Checker
	doc     *ast.QueryDocument
	op      *ast.OperationDefinition
	seen    map[string]bool // fragments
	uses    []use
	refused *gqlerror.Error
}

func (w *walk) selections(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			w.arguments("", s.Arguments)
			w.directives(s.Directives)
			w.selections(s.SelectionSet)
		case *ast.InlineFragment:
			w.directives(s.Directives)
			w.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			w.directives(s.Directives)
			if f := w.doc.Fragments.ForName(s.Name); f != nil && !w.seen[s.Name] {
				w.seen[s.Name] = true
				w.directives(f.Directives)
				w.selections(f.SelectionSet)
			}
		}
	}
}

func (w *walk) directives(list ast.DirectiveList) {
	for _, d := range list {
		w.arguments("@"+d.Name+" ", d.Arguments)
	}
}

func (w *walk) arguments(of string, list ast.ArgumentList) {
	for _, a := range list {
		w.value(of+a.Name, a.Value)
	}
}

// value checks the value v at a place. Validation has set the expected type, and has
// rejected all other invalid documents.
func (w *walk) value(place string, v *ast.Value) {
	switch want := v.ExpectedType; {
	case want == nil || v.Definition == nil:
	case v.Kind == ast.Variable:
		if def := w.op.VariableDefinitions.ForName(v.Raw); want.NonNull && def != nil && !def.Type.NonNull {
			w.uses = append(w.uses, use{v.Raw, place})
		}
	case v.Kind == ast.ListValue && want.Elem != nil:
		for i, child := range v.Children {
			w.value(fmt.Sprintf("%s[%d]", place, i), child.Value)
		}
	case v.Kind == ast.ObjectValue && v.Definition.Kind == ast.InputObject:
		for _, child := range v.Children {
			w.value(place+"."+child.Name, child.Value)
		}
	default:
		given, _ := v.Value(nil) // on overflow, the largest int64, which is not a valid Int
		if m := w.checkValue(want, given); m != nil && w.refused == nil {
			w.refused = w.refusal("%s: %s", place, m.text)
			w.refused.Locations = []gqlerror.Location{{Line: v.Position.Line, Column: v.Position.Column}}
		}
	}
}
