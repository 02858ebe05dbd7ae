package transport

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// gqlgen gives the errors of an object's deferred fields to whichever of its parts
// is ready next, be it the part of the field that failed or another. So errors are
// noted as they are presented, which is before their field is done, and each is told
// by the part that has its field, or null for it.

// notes are the errors of an answer in parts that no part has told.
type notes struct {
	mu      sync.Mutex
	fresh   []note
	waiting map[string][]note // by the field that was left out on the way to theirs
}

type note struct {
	err  *gqlerror.Error
	part int // length of the path of the innermost field above it, or its own, that comes in a later part; 0: none
}

type notesKey struct{}

// noting makes present note what it presents for an answer in parts.
func noting(present graphql.ErrorPresenterFunc) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := present(ctx, err)
		if n, ok := ctx.Value(notesKey{}).(*notes); ok && out != nil {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.fresh = append(n.fresh, note{out, partAbove(graphql.GetFieldContext(ctx))})
		}
		return out
	}
}

// partAbove finds note.part from f on. Fields of the root never come later, nor those
// without a resolver: gqlgen has their values at once.
func partAbove(f *graphql.FieldContext) int {
	for ; f != nil; f = f.Parent {
		if f.IsResolver && f.Field.IsDeferred() && len(f.Path()) > 1 {
			return len(f.Path())
		}
	}
	return 0
}

// told takes the errors that go with what has been sent by now.
func (d *delivery) told() gqlerror.List {
	d.notes.mu.Lock()
	defer d.notes.mu.Unlock()
	var out gqlerror.List
	for _, n := range d.notes.fresh {
		switch field, dropped := d.awaits(n); {
		case dropped:
		case field == "":
			out = append(out, n.err)
		default:
			if d.notes.waiting == nil {
				d.notes.waiting = make(map[string][]note)
			}
			d.notes.waiting[field] = append(d.notes.waiting[field], n)
		}
	}
	d.notes.fresh = d.notes.fresh[:0]
	return out
}

// awaits names the field whose coming n has to wait for, "" for none. What is in a
// part of an object that is null is dropped with the part.
func (d *delivery) awaits(n note) (field string, dropped bool) {
	for i, element := range n.err.Path {
		p := d.places[n.err.Path[:i].String()]
		if p == nil {
			continue
		}
		if p.kind == nulled {
			return "", n.part > i
		}
		if name, ok := element.(ast.PathName); ok && p.missing[string(name)] {
			return fieldKey(p, string(name)), false
		}
	}
	return "", false
}

// came notes that the field of p comes with what is sent next, and with it the errors
// that waited.
func (d *delivery) came(p *place, name string) {
	if !p.missing[name] {
		return
	}
	delete(p.missing, name)
	d.notes.mu.Lock()
	defer d.notes.mu.Unlock()
	if len(d.notes.waiting) == 0 {
		return
	}
	key := fieldKey(p, name)
	d.notes.fresh = append(d.notes.fresh, d.notes.waiting[key]...)
	delete(d.notes.waiting, key)
}

func fieldKey(p *place, name string) string { return p.path.String() + "\x00" + name }
