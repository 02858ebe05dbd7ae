package limits

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// shape is the first walk: it counts what an operation holds, fragments
// expanded, and gives up one selection past its budget.
type shape struct {
	doc    *ast.QueryDocument
	budget int // selections
	stats  Stats
	roots  map[string]struct{}       // response keys of the root
	open   []*ast.FragmentDefinition // fragments the walk is inside of
}

// measureShape counts op. Its Stats are complete unless Selections is budget+1.
func measureShape(doc *ast.QueryDocument, op *ast.OperationDefinition, budget int) Stats {
	s := shape{doc: doc, budget: budget, roots: map[string]struct{}{}}
	s.stats.Directives = len(op.Directives)
	for _, v := range op.VariableDefinitions {
		s.stats.Directives += len(v.Directives)
	}
	s.walk(op.SelectionSet, place{depth: 1})
	s.stats.RootFields = len(s.roots)
	return s.stats
}

// A place is where in the answer a selection set stands.
type place struct {
	depth  int  // of the fields in the set
	exempt bool // under __schema or __type, where depth is not counted
}

// walk counts set and reports whether there is budget left to go on with.
func (s *shape) walk(set ast.SelectionSet, at place) bool {
	for _, sel := range set {
		if s.stats.Selections++; s.stats.Selections > s.budget {
			return false
		}
		ok := true
		switch sel := sel.(type) {
		case *ast.Field:
			ok = s.field(sel, at)
		case *ast.InlineFragment:
			s.stats.Directives += len(sel.Directives)
			ok = s.walk(sel.SelectionSet, at)
		case *ast.FragmentSpread:
			s.stats.Directives += len(sel.Directives)
			ok = s.spread(sel, at)
		}
		if !ok {
			return false
		}
	}
	return true
}

func (s *shape) field(f *ast.Field, at place) bool {
	s.stats.Directives += len(f.Directives)
	if f.Alias != "" && f.Alias != f.Name {
		s.stats.Aliases++
	}
	if !at.exempt {
		s.stats.Depth = max(s.stats.Depth, at.depth)
		if at.depth == 1 {
			s.roots[responseKey(f)] = struct{}{}
		}
	}
	if f.Name == "__schema" || f.Name == "__type" {
		s.stats.Introspection = true
		at.exempt = true
	}
	at.depth++
	return s.walk(f.SelectionSet, at)
}

// spread follows a fragment. Validation refuses fragments that reach
// themselves; should one come this far, it is as good as endless.
func (s *shape) spread(sel *ast.FragmentSpread, at place) bool {
	def := fragment(s.doc, sel)
	if def == nil {
		return true
	}
	if slices.Contains(s.open, def) {
		s.stats.Selections = s.budget + 1
		return false
	}
	s.open = append(s.open, def)
	s.stats.Directives += len(def.Directives)
	ok := s.walk(def.SelectionSet, at)
	s.open = s.open[:len(s.open)-1]
	return ok
}

// fragment returns the definition that sel spreads, nil if there is none.
// Validation leaves it in sel; the document is asked where that was not done.
func fragment(doc *ast.QueryDocument, sel *ast.FragmentSpread) *ast.FragmentDefinition {
	if sel.Definition != nil {
		return sel.Definition
	}
	return doc.Fragments.ForName(sel.Name)
}

// responseKey is the name a field has in the answer.
func responseKey(f *ast.Field) string {
	if f.Alias != "" {
		return f.Alias
	}
	return f.Name
}
