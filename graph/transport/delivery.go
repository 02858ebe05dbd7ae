package transport

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A delivery puts the parts of a deferred answer into the shape clients
// expect. gqlgen writes null where a field is deferred, even for a type that
// is never null, and may finish an inner part before the outer one it belongs
// to. A delivery leaves deferred fields out, holds inner parts until their
// object has been sent, and drops parts for objects that an error has nulled.
//
// Nothing is lost by that: gqlgen resolves plain fields at once even where
// they are deferred, so a null left out may have been a true one. What has not
// come by the end is sent then; see rest.
type delivery struct {
	schema  *ast.Schema
	op      *graphql.OperationContext
	memo    map[*ast.Selection]bool // whether @defer stands below the set that begins here
	names   map[string]bool         // the same by fragment
	places  map[string]*place       // by path, as a string
	objects []*place                // those of kind object, in the order they were sent
	held    []*graphql.Response
	notes   *notes
}

func newDelivery(schema *ast.Schema, op *graphql.OperationContext, notes *notes) *delivery {
	return &delivery{
		schema: schema,
		op:     op,
		memo:   make(map[*ast.Selection]bool),
		names:  make(map[string]bool),
		places: make(map[string]*place),
		notes:  notes,
	}
}

// first makes of the first response what is to be sent.
func (d *delivery) first(resp *graphql.Response) {
	resp.Data = d.object(resp.Data, d.schema.Query, d.op.Operation.SelectionSet, nil)
	resp.Errors = d.told()
}

// take takes a later response and gives those that can be sent now, in order.
func (d *delivery) take(resp *graphql.Response) []*graphql.Response {
	d.held = append(d.held, resp)
	var ready []*graphql.Response
	for again := true; again; {
		again = false
		waiting := d.held
		d.held = nil
		for _, resp := range waiting {
			p := d.find(resp.Path)
			switch {
			case p == nil:
				d.held = append(d.held, resp)
				continue
			case p.kind == nulled:
			case p.kind == opaque:
				sent := *resp
				sent.Errors = d.told()
				ready = append(ready, &sent)
			default:
				ready = append(ready, d.fill(p, resp))
			}
			again = true
		}
	}
	return ready
}

// find gives the place at path, or the one above it that decides: an object
// that is null, or one whose type is not known.
func (d *delivery) find(path ast.Path) *place {
	for n := len(path); n >= 0; n-- {
		if p := d.places[path[:n].String()]; p != nil && (n == len(path) || p.kind != object) {
			return p
		}
	}
	return nil
}

// fill notes which fields of p came with resp, and treats their values as
// those of the first response were.
func (d *delivery) fill(p *place, resp *graphql.Response) *graphql.Response {
	out := *resp
	list, ok := splitObject(resp.Data)
	if !ok { // null, and with it all that the part has
		for _, f := range p.fields {
			if f.IsDeferred() && partOf(&f) == resp.Label {
				d.came(p, f.Alias)
			}
		}
		out.Errors = d.told()
		return &out
	}
	for i, m := range list {
		d.came(p, m.key)
		if f := p.field(m.key); f != nil && d.defers(f.Selections) {
			list[i].value = d.value(m.value, f.Definition.Type, f.Selections, below(p.path, ast.PathName(m.key)))
		}
	}
	out.Data = joinMembers(list)
	out.Errors = d.told()
	return &out
}

// defers is the function of that name, remembered for each selection set and
// fragment: fragments that spread one another would cost 2^n otherwise.
func (d *delivery) defers(sel ast.SelectionSet) bool {
	if len(sel) == 0 {
		return false
	}
	known, ok := d.memo[&sel[0]]
	if !ok {
		known = defers(sel, d.fragmentDefers)
		d.memo[&sel[0]] = known
	}
	return known
}

func (d *delivery) fragmentDefers(name string) bool {
	known, ok := d.names[name]
	if !ok {
		if f := d.op.Doc.Fragments.ForName(name); f != nil {
			known = defers(f.SelectionSet, d.fragmentDefers)
		}
		d.names[name] = known
	}
	return known
}
