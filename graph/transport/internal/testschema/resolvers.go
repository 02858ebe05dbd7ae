// Package testschema is a small schema to test transports. It has an error, a panic, a mutation,
// a subscription, and fields slow enough to be deferred.
package testschema

import (
	"context"
	"errors"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/exec"
	"census-gateway/graph/transport"
)

// Resolver resolves the schema. Fields of the zero value do not wait.
type Resolver struct {
	// Slow is called by the slow fields with the id of their object. It may wait. Nil returns at
	// once.
	Slow func(ctx context.Context, id string) error

	// Touched is called by the mutation. It may be nil.
	Touched func()

	// Ticks provides the events of the subscription; the numbers are also their ids. Nil provides
	// none.
	Ticks <-chan int32
}

// New returns the schema, executed by package exec.
func New(r *Resolver) graphql.ExecutableSchema {
	generated := NewExecutableSchema(Config{})
	return schema{generated, &exec.Schema{AST: generated.Schema(), Objects: tables(r)}, r.Ticks}
}

type schema struct {
	graphql.ExecutableSchema
	schema *exec.Schema
	ticks  <-chan int32
}

// Exec answers the operation of ctx.
func (s schema) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation == ast.Subscription {
		return s.subscribe(op)
	}
	x := exec.Start(ctx, op, exec.Compile(s.schema, op, exec.PartsIn(ctx) != nil), op, func() {})
	return func(ctx context.Context) *graphql.Response { return x.Next(ctx, nil) }
}

// subscribe answers each tick. A negative tick ends the subscription with an error.
func (s schema) subscribe(op *graphql.OperationContext) graphql.ResponseHandler {
	plan := exec.Compile(s.schema, op, false)
	return func(ctx context.Context) *graphql.Response {
		select {
		case tick, ok := <-s.ticks:
			switch {
			case !ok:
				return nil
			case tick < 0:
				return &graphql.Response{Errors: gqlerror.List{{Message: "over", Extensions: map[string]any{"code": op.Operation.Name}}}}
			}
			transport.SetEventID(ctx, strconv.Itoa(int(tick)))
			return exec.Start(ctx, op, plan, tick, func() {}).Next(ctx, nil)
		case <-ctx.Done():
			return nil
		}
	}
}

func (r *Resolver) slow(ctx context.Context, id string) exec.Later[string] {
	return exec.Slow(func() (string, error) {
		if r.Slow != nil {
			if err := r.Slow(ctx, id); err != nil {
				return "", err
			}
		}
		return "slow " + id, nil
	})
}

type queryResolver struct{ *Resolver }

func (queryResolver) Hello(context.Context) exec.Later[string] { return exec.Value("world", nil) }

func (queryResolver) Echo(_ context.Context, text string) exec.Later[string] {
	return exec.Value(text, nil)
}

func (queryResolver) Items(_ context.Context, n int32) exec.Later[[]*Item] {
	if n < 0 || n > 100 {
		return exec.Value[[]*Item](nil, gqlerror.Errorf("n must be 0 to 100"))
	}
	items := make([]*Item, n)
	for i := range items {
		items[i] = newItem(i)
	}
	return exec.Value(items, nil)
}

func (queryResolver) Item(context.Context) exec.Later[*Item] { return exec.Value(newItem(0), nil) }

func (queryResolver) Node(_ context.Context, kind Kind) exec.Later[Node] {
	if kind == KindOther {
		return exec.Value[Node](&Other{ID: "o"}, nil)
	}
	return exec.Value[Node](newItem(0), nil)
}

var errRefused = errors.New("dial tcp 10.0.0.7:6379: refused")

func (queryResolver) Broken(context.Context) exec.Later[*string] {
	return exec.Value[*string](nil, errRefused)
}

func (queryResolver) BrokenRequired(context.Context) exec.Later[string] {
	return exec.Value("", errRefused)
}

func (queryResolver) Boom(context.Context) exec.Later[*string] { panic("boom: secret detail") }

type mutationResolver struct{ *Resolver }

func (m mutationResolver) Touch(_ context.Context, filter Filter) exec.Later[*Item] {
	if m.Touched != nil {
		m.Touched()
	}
	return exec.Value(&Item{ID: filter.Ids[0]}, nil)
}

type itemResolver struct{ *Resolver }

func (r itemResolver) Slow(ctx context.Context, obj *Item) exec.Later[string] {
	return r.slow(ctx, obj.ID)
}

func (r itemResolver) SlowBroken(ctx context.Context, obj *Item) exec.Later[string] {
	return exec.Map(r.slow(ctx, obj.ID), func(_ string, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return "", gqlerror.Errorf("it is broken")
	})
}

func (r itemResolver) SlowMaybe(ctx context.Context, obj *Item) exec.Later[*string] {
	return exec.Map(r.slow(ctx, "maybe "+obj.ID), func(text string, err error) (*string, error) { return &text, err })
}

func (r itemResolver) Parent(ctx context.Context, obj *Item) exec.Later[*Item] {
	if obj.ID == "p" {
		return exec.Value[*Item](nil, nil)
	}
	return exec.Value(&Item{ID: "p"}, nil)
}

type otherResolver struct{ *Resolver }

func (r otherResolver) Slow(ctx context.Context, obj *Other) exec.Later[string] {
	return r.slow(ctx, obj.ID)
}

// newItem returns an item. Only odd items have a name.
func newItem(n int) *Item {
	i := &Item{ID: strconv.Itoa(n)}
	if n%2 == 1 {
		name := "item " + i.ID
		i.Name = &name
	}
	return i
}
