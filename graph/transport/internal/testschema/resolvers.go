// Package testschema is a small schema that holds one of each thing a
// transport meets: an error, a panic, a mutation, a subscription, and fields
// slow enough to be deferred.
package testschema

import (
	"context"
	"errors"
	"strconv"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Resolvers is the root of the schema. The zero value answers at once.
type Resolvers struct {
	// Slow is called by the slow fields with the id of their object, and may
	// wait. Nil does not.
	Slow func(ctx context.Context, id string) error

	// Touched is called by the mutation. Nil does nothing.
	Touched func()
}

func (r *Resolvers) Query() QueryResolver               { return query{r} }
func (r *Resolvers) Mutation() MutationResolver         { return mutation{r} }
func (r *Resolvers) Subscription() SubscriptionResolver { return subscription{} }
func (r *Resolvers) Item() ItemResolver                 { return item{r} }
func (r *Resolvers) Other() OtherResolver               { return other{r} }

func (r *Resolvers) slow(ctx context.Context, id string) (string, error) {
	if r.Slow != nil {
		if err := r.Slow(ctx, id); err != nil {
			return "", err
		}
	}
	return "slow " + id, nil
}

type query struct{ *Resolvers }

func (query) Hello(context.Context) (string, error) { return "world", nil }

func (query) Echo(_ context.Context, text string) (string, error) { return text, nil }

func (query) Items(_ context.Context, n int32) ([]*Item, error) {
	if n < 0 || n > 100 {
		return nil, gqlerror.Errorf("n must be 0 to 100")
	}
	items := make([]*Item, n)
	for i := range items {
		items[i] = newItem(i)
	}
	return items, nil
}

func (query) Item(context.Context) (*Item, error) { return newItem(0), nil }

func (query) Node(_ context.Context, kind Kind) (Node, error) {
	if kind == KindOther {
		return &Other{ID: "o"}, nil
	}
	return newItem(0), nil
}

func (query) Broken(context.Context) (*string, error) {
	return nil, errors.New("dial tcp 10.0.0.7:6379: refused")
}

func (query) BrokenRequired(context.Context) (string, error) {
	return "", errors.New("dial tcp 10.0.0.7:6379: refused")
}

func (query) Boom(context.Context) (*string, error) { panic("boom: secret detail") }

type mutation struct{ *Resolvers }

func (m mutation) Touch(_ context.Context, filter Filter) (*Item, error) {
	if m.Touched != nil {
		m.Touched()
	}
	return &Item{ID: filter.Ids[0]}, nil
}

type subscription struct{}

func (subscription) Ticks(context.Context) (<-chan int32, error) {
	ticks := make(chan int32, 1)
	ticks <- 1
	close(ticks)
	return ticks, nil
}

type item struct{ *Resolvers }

func (r item) Slow(ctx context.Context, obj *Item) (string, error) { return r.slow(ctx, obj.ID) }

func (r item) SlowBroken(ctx context.Context, obj *Item) (string, error) {
	if _, err := r.slow(ctx, obj.ID); err != nil {
		return "", err
	}
	return "", gqlerror.Errorf("it is broken")
}

func (r item) SlowMaybe(ctx context.Context, obj *Item) (*string, error) {
	text, err := r.slow(ctx, "maybe "+obj.ID)
	return &text, err
}

func (r item) Parent(ctx context.Context, obj *Item) (*Item, error) {
	if obj.ID == "p" {
		return nil, nil
	}
	return &Item{ID: "p"}, nil
}

type other struct{ *Resolvers }

func (r other) Slow(ctx context.Context, obj *Other) (string, error) { return r.slow(ctx, obj.ID) }

// newItem gives odd items a name and even ones none.
func newItem(n int) *Item {
	i := &Item{ID: strconv.Itoa(n)}
	if n%2 == 1 {
		name := "item " + i.ID
		i.Name = &name
	}
	return i
}
