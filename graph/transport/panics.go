package transport

import (
	"context"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"

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
