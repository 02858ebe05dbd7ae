package exec

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// A collected field is one entry of the answer: the first field with that response name, and the
// selections of all fields with that name.
type collected struct {
	*ast.Field
	selections ast.SelectionSet
}

// A selection holds the fields selected on an object, and its deferred fragments with their
// fields.
type selection struct {
	label  string // of a deferred fragment
	above  *selection
	fields []collected
	parts  []*selection
}

// collect collects the fields that sel selects on an object whose type has the given names. It
// follows CollectFields in the specification.
//
// Each field gets one place. A field that is also selected outside of a deferred fragment, or in
// several of them, is not deferred. So no part waits for another or repeats its fields.
func (c *compiler) collect(sel ast.SelectionSet, names []string) *selection {
	all := &selection{}
	(&collector{c: c, names: names}).add(all, sel)
	if len(all.parts) > 0 {
		all.settle(all, make(map[string]*selection))
	}
	return all
}

// settle decides where each field of s and its parts belongs. owners holds the places decided so
// far, by response name.
func (s *selection) settle(all *selection, owners map[string]*selection) {
	own := s.fields[:0]
	for _, f := range s.fields {
		switch owner := owners[f.Alias]; {
		case owner == nil:
			owners[f.Alias] = s
			own = append(own, f)
		case s.within(owner):
			owner.field(f.Field, f.selections)
		default:
			i := owner.index(f.Alias)
			other := owner.fields[i]
			owner.fields = slices.Delete(owner.fields, i, i+1)
			all.field(other.Field, other.selections)
			all.field(f.Field, f.selections)
			owners[f.Alias] = all
		}
	}
	s.fields = own
	for _, p := range s.parts {
		p.settle(all, owners)
	}
}

func (s *selection) within(other *selection) bool {
	for ; s != nil; s = s.above {
		if s == other {
			return true
		}
	}
	return false
}

func (s *selection) index(alias string) int {
	return slices.IndexFunc(s.fields, func(f collected) bool { return f.Alias == alias })
}

// field adds f with the selections sel.
func (s *selection) field(f *ast.Field, sel ast.SelectionSet) {
	if i := s.index(f.Alias); i >= 0 {
		s.fields[i].selections = slices.Concat(s.fields[i].selections, sel)
		return
	}
	s.fields = append(s.fields, collected{f, sel})
}

// A collector collects the fields of one selection set.
type collector struct {
	c       *compiler
	names   []string
	visited []*ast.FragmentDefinition
}

func (col *collector) add(to *selection, sel ast.SelectionSet) {
	for _, s := range sel {
		switch s := s.(type) {
		case *ast.Field:
			if col.c.includes(s.Directives) {
				to.field(s, s.SelectionSet)
			}
		case *ast.InlineFragment:
			if col.c.includes(s.Directives) && col.applies(s.TypeCondition) {
				col.fragment(to, s.SelectionSet, col.c.deferral(s.Directives))
			}
		case *ast.FragmentSpread:
			def := col.c.op.Doc.Fragments.ForName(s.Name)
			if def == nil || !col.c.includes(s.Directives) || !col.applies(def.TypeCondition) {
				continue
			}
			deferral := col.c.deferral(s.Directives)
			if deferral == nil {
				if slices.Contains(col.visited, def) {
					continue
				}
				col.visited = append(col.visited, def)
			}
			col.fragment(to, def.SelectionSet, deferral)
		}
	}
}

func (col *collector) applies(condition string) bool {
	return condition == "" || slices.Contains(col.names, condition)
}

// fragment adds the fields of a fragment. It is deferred if deferral is not nil.
func (col *collector) fragment(to *selection, sel ast.SelectionSet, deferral *ast.Directive) {
	if deferral == nil {
		col.add(to, sel)
		return
	}
	part := &selection{label: col.c.label(deferral), above: to}
	to.parts = append(to.parts, part)
	// Start without visited: a fragment visited outside may be selected again here.
	inside := collector{c: col.c, names: col.names}
	inside.add(part, sel)
}

// includes reports whether @skip and @include allow the selection.
func (c *compiler) includes(directives ast.DirectiveList) bool {
	for _, d := range directives {
		switch d.Name {
		case "skip":
			if c.condition(d) {
				return false
			}
		case "include":
			if !c.condition(d) {
				return false
			}
		}
	}
	return true
}

// condition returns the value of the argument `if`; true if it is absent.
func (c *compiler) condition(d *ast.Directive) bool {
	arg := d.Arguments.ForName("if")
	if arg == nil {
		return true
	}
	if arg.Value.Kind == ast.Variable {
		c.plan.Fixed = false
	}
	value, err := arg.Value.Value(c.op.Variables)
	is, ok := value.(bool)
	return err == nil && ok && is
}

// deferral returns the @defer among directives that applies; nil if none does.
func (c *compiler) deferral(directives ast.DirectiveList) *ast.Directive {
	if !c.defers {
		return nil
	}
	d := directives.ForName("defer")
	if d == nil || !c.condition(d) {
		return nil
	}
	return d
}

func (c *compiler) label(d *ast.Directive) string {
	arg := d.Arguments.ForName("label")
	if arg == nil {
		return ""
	}
	if arg.Value.Kind == ast.Variable {
		c.plan.Fixed = false
	}
	value, _ := arg.Value.Value(c.op.Variables)
	label, _ := value.(string)
	return label
}
