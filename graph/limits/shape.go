package limits

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// A shape is the first walk. It counts the contents of an operation with its fragments expanded,
// and stops one selection after its budget.
type shape struct {
	doc    *ast.QueryDocument
	budget int // selections
	stats  Stats
	roots  map[string]struct{}       // response keys of root fields
	open   []*ast.FragmentDefinition // fragments being expanded
}

// measureShape measures op. Its Stats are complete unless Selections is budget+1.
func measureShape(doc *ast.QueryDocument, op *ast.OperationDefinition, budget int) Stats {
	s := shape{doc: doc, budget: budget, roots: map[string]struct{}{}}
	s.stats.Directives = len(op.Directives)
	for _, v := range op.VariableDefinitions {
		s.stats.Directives += len(v.Directives)
	}
	s.walk(op.SelectionSet, position{depth: 1})
	s.stats.RootFields = len(s.roots)
	return s.stats
}

// A position is the position of a selection set in the answer.
type position struct {
	depth  int  // of the fields in the set
	exempt bool // under __schema or __type, where depth is not counted
}

// walk counts set and reports whether the budget lasts.
func (s *shape) walk(set ast.SelectionSet, at position) bool {
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

func (s *shape) field(f *ast.Field, at position) bool {
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

// spread follows a fragment. Validation rejects fragments that spread themselves. If one reaches
// this walk, it counts as endless.
func (s *shape) spread(sel *ast.FragmentSpread, at position) bool {
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

// fragment returns the definition of the fragment that sel spreads; nil if it is undefined.
// Validation stores it in sel. Without validation, it is in doc.
func fragment(doc *ast.QueryDocument, sel *ast.FragmentSpread) *ast.FragmentDefinition {
	if sel.Definition != nil {
		return sel.Definition
	}
	return doc.Fragments.ForName(sel.Name)
}

// responseKey returns the name of a field in the answer.
func responseKey(f *ast.Field) string {
	if f.Alias != "" {
		return f.Alias
	}
	return f.Name
}
