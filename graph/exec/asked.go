package exec

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// An Asked is a field that the operation selects, as its resolver sees it.
type Asked struct {
	x    *Execution
	step *step
}

// An askedContext is a context that holds the field a resolver answers.
type askedContext struct {
	context.Context
	asked Asked
}

type askedKey struct{}

func (a *askedContext) Value(key any) any {
	if key == (askedKey{}) {
		return &a.asked
	}
	return a.Context.Value(key)
}

// AskedIn returns the field that the resolver with ctx answers. It returns nil if no field below
// it has arguments.
func AskedIn(ctx context.Context) *Asked {
	a, _ := ctx.Value(askedKey{}).(*Asked)
	return a
}

// Name returns the field's name in the schema.
func (a *Asked) Name() string { return a.step.Name }

// Arguments returns the field's arguments, or an error if they are invalid.
func (a *Asked) Arguments() (map[string]any, error) { return a.x.arguments(a.step) }

// Below returns the fields selected on the value of a, deferred ones included. The value must be
// of one type. A nil Asked has no fields below.
func (a *Asked) Below() (fields []*Asked) {
	if a == nil {
		return nil
	}
	var add func(s *set)
	add = func(s *set) {
		for _, st := range s.steps {
			fields = append(fields, &Asked{a.x, st})
		}
		for _, d := range s.deferred {
			add(d.set)
		}
	}
	for _, s := range a.step.sets {
		add(s)
	}
	return fields
}

// Fail returns err with the place of a, for the [Beside] of the field above it.
func (a *Asked) Fail(err error) error { return &Below{a.step.Field, err} }

// A Below is the error of a field that is reported by a field above it.
type Below struct {
	Field *ast.Field
	Err   error
}

func (b *Below) Error() string { return b.Err.Error() }
func (b *Below) Unwrap() error { return b.Err }

// Ask returns a context for the resolver of f, a field of an operation that another executor
// runs.
func Ask(ctx context.Context, schema *Schema, op *graphql.OperationContext, f graphql.CollectedField) context.Context {
	c := &compiler{schema: schema, op: op, plan: &Plan{}}
	st, _ := c.step(schema.Objects[f.ObjectDefinition.Name], collected{f.Field, f.Selections})
	return &askedContext{ctx, Asked{&Execution{op: op, args: make([]arguments, c.plan.arguments)}, st}}
}

type arguments struct {
	read   bool
	values map[string]any
	err    error
}

// arguments returns the arguments of st. They are read once for all objects.
func (x *Execution) arguments(st *step) (map[string]any, error) {
	if st.args < 0 {
		return nil, nil
	}
	a := &x.args[st.args]
	if !a.read {
		a.read = true
		a.values, a.err = st.field.Args(st.ArgumentMap(x.op.Variables))
	}
	return a.values, a.err
}
