package graph

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Generated execution costs a closure, two contexts and a few allocations for
// each field of each object, and a goroutine for each element of a list. That
// is well spent where a field is resolved, and an answer of a hundred runs has
// two thousand fields that are only copied. Such values write themselves: what
// is asked of them is compiled once to a list of steps, and each value goes
// through the steps into one buffer.
//
// A writer writes only what cannot go wrong. It gives up on anything else, and
// then the generated execution answers from the start, as if nobody had tried:
// errors, nulls where the schema has none, deferred parts, directives and
// fields with resolvers are its alone.

// A writer appends v as JSON. It returns nil where it gives up.
type writer[T any] func(b []byte, v T) []byte

// A field makes the writer of a field of T from what the operation of ctx asks of
// it; nil where it gives up.
type field[T any] func(ctx context.Context, f graphql.CollectedField) writer[T]

// An object is a GraphQL type with the fields that can write themselves.
type object[T any] struct {
	types  []string // its own name first, then those of its interfaces
	fields map[string]field[T]
}

// writer compiles what sel asks of o.
func (o *object[T]) writer(ctx context.Context, sel ast.SelectionSet) writer[T] {
	type step struct {
		before string // what stands before the value: braces, commas, names
		write  writer[T]
	}
	fields := graphql.CollectFields(graphql.GetOperationContext(ctx), sel, o.types)
	steps := make([]step, 0, len(fields))
	before, comma := "{", ""
	for i, f := range fields {
		if !plain(f) {
			return nil
		}
		if slices.ContainsFunc(fields[:i], func(g graphql.CollectedField) bool { return g.Alias == f.Alias }) {
			continue // merged already
		}
		before, comma = before+comma+`"`+f.Alias+`":`, ","
		if f.Name == "__typename" {
			before += `"` + o.types[0] + `"`
			continue
		}
		s := step{before, nil}
		if compile := o.fields[f.Name]; compile != nil {
			s.write = compile(ctx, f)
		}
		if s.write == nil {
			return nil
		}
		steps, before = append(steps, s), ""
	}
	end := before + "}"
	return func(b []byte, v T) []byte {
		for i := range steps {
			if b = steps[i].write(append(b, steps[i].before...), v); b == nil {
				return nil
			}
		}
		return append(b, end...)
	}
}

// plain tells whether a field is asked for its value and nothing else: no part
// of the answer waits for it, and no directive that does something stands on it.
func plain(f graphql.CollectedField) bool {
	idle := func(d *ast.Directive) bool {
		return d.Name == "skip" || d.Name == "include" || d.Name == "deprecated"
	}
	busy := func(list ast.DirectiveList) bool {
		return slices.ContainsFunc(list, func(d *ast.Directive) bool { return !idle(d) })
	}
	return !f.IsDeferred() && !busy(f.Directives) &&
		(f.Definition == nil || !busy(f.Definition.Directives)) &&
		(f.ObjectDefinition == nil || !busy(f.ObjectDefinition.Directives))
}

// leaf is a field without fields of its own.
func leaf[T any](w writer[T]) field[T] {
	return func(context.Context, graphql.CollectedField) writer[T] { return w }
}

// one is a field with an object, which is never null.
func one[T, U any](o *object[U], get func(T) U) field[T] {
	return func(ctx context.Context, f graphql.CollectedField) writer[T] {
		w := o.writer(ctx, f.Selections)
		if w == nil {
			return nil
		}
		return func(b []byte, v T) []byte { return w(b, get(v)) }
	}
}

// maybe is a field with an object or null.
func maybe[T, U any](o *object[*U], get func(T) *U) field[T] {
	return func(ctx context.Context, f graphql.CollectedField) writer[T] {
		w := o.writer(ctx, f.Selections)
		if w == nil {
			return nil
		}
		return func(b []byte, v T) []byte {
			u := get(v)
			if u == nil {
				return append(b, "null"...)
			}
			return w(b, u)
		}
	}
}

// many is a field with a list of objects, of which none is null: n of them, get
// gives the i-th.
func many[T, U any](o *object[U], n func(T) int, get func(v T, i int) U) field[T] {
	return func(ctx context.Context, f graphql.CollectedField) writer[T] {
		w := o.writer(ctx, f.Selections)
		if w == nil {
			return nil
		}
		return func(b []byte, v T) []byte {
			b = append(b, '[')
			for i, n, began := 0, n(v), len(b); i < n; i++ {
				if i > 0 {
					b = append(b, ',')
				}
				if b = w(b, get(v, i)); b == nil {
					return nil
				}
				if i == 0 { // the others will be as long, more or less
					b = slices.Grow(b, (len(b)-began)*n*9/8)
				}
			}
			return append(b, ']')
		}
	}
}
