package graph

import (
	"context"
	"slices"
	"sync/atomic"

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
// fields that are not read ahead are its alone.

// A writer appends v as JSON. It returns nil where it gives up.
type writer[T any] func(x *writing, b []byte, v T) []byte

// A leafWriter is a writer that needs to know nothing but the value.
type leafWriter[T any] func(b []byte, v T) []byte

// A field makes the writer of a field of T from what is asked of it; nil where
// it gives up.
type field[T any] struct {
	leaf    leafWriter[T]
	compile func(c *compiler, f graphql.CollectedField) writer[T] // where leaf is nil
}

// A compiler compiles one operation. What it makes holds for every execution of
// an operation in which no directive stands: arguments are read when it is
// executed.
type compiler struct {
	op    *graphql.OperationContext
	slots int // fields with arguments so far
}

// slot is a place for what is made of the arguments of a field.
func (c *compiler) slot() int {
	c.slots++
	return c.slots - 1
}

// A writing is one execution of what was compiled.
type writing struct {
	ctx      context.Context
	op       *graphql.OperationContext
	resolver *Resolver
	slots    []any
	made     *atomic.Int64 // bytes of the answer, of this and what else writes itself
	held     int           // of these here
	full     bool          // there is no room for more
}

func (c *compiler) begin(ctx context.Context, op *graphql.OperationContext, made *atomic.Int64) *writing {
	resolver := op.Stats.GetExtension(selfWritingName).(*Resolver)
	return &writing{ctx: ctx, op: op, resolver: resolver, slots: make([]any, c.slots), made: made}
}

// arguments are those of f, made into something the first time, for the slot to
// keep; nil if they are wrong.
func arguments[A any](x *writing, slot int, f graphql.CollectedField, read func(ctx context.Context, args map[string]any) (*A, error)) *A {
	if x.slots[slot] == nil {
		args, err := read(x.ctx, f.ArgumentMap(x.op.Variables))
		if err != nil {
			args = nil
		}
		x.slots[slot] = args
	}
	return x.slots[slot].(*A)
}

// An object is a GraphQL type with the fields that can write themselves.
type object[T any] struct {
	types  []string // its own name first, then those of its interfaces
	fields map[string]field[T]
}

// writer compiles what sel asks of o.
func (o *object[T]) writer(c *compiler, sel ast.SelectionSet) writer[T] {
	type step struct {
		before string // what stands before the value: braces, commas, names
		leaf   leafWriter[T]
		write  writer[T] // where leaf is nil
	}
	fields := graphql.CollectFields(c.op, sel, o.types)
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
		field := o.fields[f.Name]
		s := step{before, field.leaf, nil}
		if field.compile != nil {
			s.write = field.compile(c, f)
		}
		if s.leaf == nil && s.write == nil {
			return nil
		}
		steps, before = append(steps, s), ""
	}
	end := before + "}"
	return func(x *writing, b []byte, v T) []byte {
		for i := range steps {
			s := &steps[i]
			b = append(b, s.before...)
			if s.leaf != nil {
				b = s.leaf(b, v)
			} else {
				b = s.write(x, b, v)
			}
			if b == nil {
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
		return d.Name == "skip" || d.Name == "include" || d.Name == "deprecated" || d.Name == "semanticNonNull"
	}
	busy := func(list ast.DirectiveList) bool {
		return slices.ContainsFunc(list, func(d *ast.Directive) bool { return !idle(d) })
	}
	return !f.IsDeferred() && !busy(f.Directives) &&
		(f.Definition == nil || !busy(f.Definition.Directives)) &&
		(f.ObjectDefinition == nil || !busy(f.ObjectDefinition.Directives))
}

// leaf is a field without fields of its own.
func leaf[T any](w leafWriter[T]) field[T] { return field[T]{leaf: w} }

// one is a field with an object, which is never null.
func one[T, U any](o *object[U], get func(T) U) field[T] {
	return field[T]{compile: func(c *compiler, f graphql.CollectedField) writer[T] {
		w := o.writer(c, f.Selections)
		if w == nil {
			return nil
		}
		return func(x *writing, b []byte, v T) []byte { return w(x, b, get(v)) }
	}}
}

// maybe is a field with an object or null.
func maybe[T, U any](o *object[*U], get func(T) *U) field[T] {
	return field[T]{compile: func(c *compiler, f graphql.CollectedField) writer[T] {
		w := o.writer(c, f.Selections)
		if w == nil {
			return nil
		}
		return func(x *writing, b []byte, v T) []byte {
			u := get(v)
			if u == nil {
				return appendNull(b)
			}
			return w(x, b, u)
		}
	}}
}

// many is a field with a list of objects, of which none is null: n of them, get
// gives the i-th.
func many[T, U any](o *object[U], n func(T) int, get func(v T, i int) U) field[T] {
	return field[T]{compile: func(c *compiler, f graphql.CollectedField) writer[T] {
		w := o.writer(c, f.Selections)
		if w == nil {
			return nil
		}
		return func(x *writing, b []byte, v T) []byte {
			b = append(b, '[')
			for i, n, began := 0, n(v), len(b); i < n; i++ {
				if i > 0 {
					b = append(b, ',')
				}
				if b = w(x, b, get(v, i)); b == nil {
					return nil
				}
				if i == 0 { // the others will be as long, more or less
					more := (len(b) - began) * n * 9 / 8
					if !x.room(len(b) + more) {
						return nil
					}
					b = slices.Grow(b, more)
				}
			}
			if !x.room(len(b)) {
				return nil
			}
			return append(b, ']')
		}
	}}
}
