package transport

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// hurried lets resolvers see the end of ctx in an execution whose own context
// lasts longer, each for as long as it runs.
func hurried(ctx context.Context, next graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(field context.Context, resolve graphql.Resolver) (any, error) {
		c := &hurry{Context: field, end: ctx}
		defer c.over.Store(true)
		return next(c, resolve)
	}
}

// A hurry has the values of one context and the end of another. Once the
// resolver has returned it is done when the first is, which is what the contexts
// of the fields below inherit. Err stays that of the end, so that who has seen
// Done closed always finds a reason.
type hurry struct {
	context.Context
	end  context.Context
	over atomic.Bool
}

func (c *hurry) Done() <-chan struct{} {
	if c.over.Load() {
		return c.Context.Done()
	}
	return c.end.Done()
}

func (c *hurry) Err() error                  { return c.end.Err() }
func (c *hurry) Deadline() (time.Time, bool) { return c.end.Deadline() }
