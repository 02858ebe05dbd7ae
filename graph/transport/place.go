package transport

import (
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

type kind uint8

const (
	object kind = iota
	nulled      // null: nothing more belongs there
	opaque      // an object whose type cannot be told: its parts pass as they are
)

// A place is somewhere in the answer that deferred parts may belong to.
type place struct {
	kind    kind
	path    ast.Path
	fields  []graphql.CollectedField // of an object, as the executor collected them
	missing map[string]bool          // by response key: left out and not yet sent
}

func (p *place) field(key string) *graphql.CollectedField {
	for i := range p.fields {
		if p.fields[i].Alias == key {
			return &p.fields[i]
		}
	}
	return nil
}

func (d *delivery) put(p *place) {
	d.places[p.path.String()] = p
	if p.kind == object {
		d.objects = append(d.objects, p)
	}
}

// value notes the places in a value of the type given, and gives the value
// without its deferred fields.
func (d *delivery) value(raw []byte, typ *ast.Type, sel ast.SelectionSet, path ast.Path) []byte {
	if string(raw) == "null" {
		d.put(&place{kind: nulled, path: path})
		return raw
	}
	if typ.Elem == nil {
		return d.object(raw, d.schema.Types[typ.NamedType], sel, path)
	}
	list, ok := splitArray(raw)
	if !ok {
		d.put(&place{kind: opaque, path: path})
		return raw
	}
	for i := range list {
		list[i] = d.value(list[i], typ.Elem, sel, below(path, ast.PathIndex(i)))
	}
	return joinArray(list)
}

func (d *delivery) object(raw []byte, def *ast.Definition, sel ast.SelectionSet, path ast.Path) []byte {
	list, ok := splitObject(raw)
	if !ok {
		d.put(&place{kind: opaque, path: path})
		return raw
	}
	fields := d.fields(def, sel, list)
	if fields == nil {
		d.put(&place{kind: opaque, path: path})
		return raw
	}
	p := &place{path: path, fields: fields, missing: make(map[string]bool)}
	d.put(p)
	kept := list[:0]
	for _, m := range list {
		f := p.field(m.key)
		// gqlgen never defers the fields of the root.
		if len(path) > 0 && f.IsDeferred() && string(m.value) == "null" {
			p.missing[m.key] = true
			continue
		}
		if d.defers(f.Selections) {
			m.value = d.value(m.value, f.Definition.Type, f.Selections, below(path, ast.PathName(m.key)))
		}
		kept = append(kept, m)
	}
	return joinMembers(kept)
}

// fields gives what the executor collected for the object that list came from,
// or nil if its type cannot be told: where the type is abstract, only by
// __typename or because no other possible type has the same keys.
func (d *delivery) fields(def *ast.Definition, sel ast.SelectionSet, list []member) []graphql.CollectedField {
	types := []*ast.Definition{def}
	if def.IsAbstractType() {
		types = d.schema.GetPossibleTypes(def)
	}
	var found []graphql.CollectedField
	for _, t := range types {
		satisfies := []string{t.Name}
		for _, i := range d.schema.GetImplements(t) {
			satisfies = append(satisfies, i.Name)
		}
		fields := graphql.CollectFields(d.op, sel, satisfies)
		if !fits(t, fields, list) {
			continue
		}
		if found != nil {
			return nil
		}
		found = fields
	}
	return found
}

// fits reports whether an object of type t with these fields has the members
// of list, in their order.
func fits(t *ast.Definition, fields []graphql.CollectedField, list []member) bool {
	keys := make([]string, 0, len(fields))
	for _, f := range fields {
		if slices.Contains(keys, f.Alias) {
			continue
		}
		n := len(keys)
		if n >= len(list) || list[n].key != f.Alias {
			return false
		}
		if f.Name == "__typename" && string(list[n].value) != `"`+t.Name+`"` {
			return false
		}
		keys = append(keys, f.Alias)
	}
	return len(keys) == len(list)
}

func below(path ast.Path, element ast.PathElement) ast.Path {
	return append(path[:len(path):len(path)], element)
}
