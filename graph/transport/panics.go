package transport

import (
	"context"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// Recover returns a function for gqlgen's SetRecoverFunc. A panic in a field makes that field
// null, with a fixed message. onPanic is called with the panic; it may be nil.
func Recover(onPanic func(ctx context.Context, value any, stack []byte)) graphql.RecoverFunc {
	return func(ctx context.Context, value any) error {
		if onPanic != nil {
			onPanic(ctx, value, debug.Stack())
		}
		return errorWithCode(errcodes.Internal, internalMessage)
	}
}

// panicked reports a panic outside of a field to OnPanic. Call it while recovering, so that the
// stack is that of the panic.
func (o Options) panicked(ctx context.Context, value any) {
	if o.OnPanic != nil {
		o.OnPanic(ctx, value, debug.Stack())
	}
}

// nextResponse returns the next response, or nil after the last. A panic becomes a response with an
// error.
func (o Options) nextResponse(ctx context.Context, respond graphql.ResponseHandler) (resp *graphql.Response) {
	defer func() {
		if value := recover(); value != nil {
			o.panicked(ctx, value)
			resp = &graphql.Response{Errors: gqlerror.List{errorWithCode(errcodes.Internal, internalMessage)}}
		}
	}()
	return respond(ctx)
}
