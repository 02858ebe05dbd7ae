package transport

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// patience is how long parts are waited for when the time for an operation has
// passed. Resolvers see that end, so that most come at once, with an error.
const patience = time.Second

// begin begins to execute op. next gives one response after another, and nil
// after the last, or when patience is over. inner is for those who look at the
// answer. end must be called.
//
// The execution has a context that lasts longer than that of its resolvers: once
// a context has ended, gqlgen drops what is resolved under it.
func (o Options) begin(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext) (next func() *graphql.Response, inner context.Context, end func()) {
	ctx, cancel := context.WithCancel(ctx)
	op.ResolverMiddleware = hurried(ctx, op.ResolverMiddleware)
	respond, inner := exec.DispatchOperation(ctx, op)
	lasting, leave := context.WithCancel(context.WithoutCancel(inner))
	calm := context.AfterFunc(ctx, func() { time.AfterFunc(patience, leave) })
	next = func() (resp *graphql.Response) {
		defer func() {
			if value := recover(); value != nil {
				o.panicked(ctx, value)
				resp = &graphql.Response{Errors: gqlerror.List{coded(CodeInternal, internalMessage)}}
			}
		}()
		return respond(lasting)
	}
	if ctx.Err() != nil { // nothing is begun without time
		leave()
	}
	return next, inner, func() {
		calm()
		leave()
		cancel()
	}
}
