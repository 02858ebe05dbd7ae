package transport

import (
	"context"
	"runtime/debug"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/internal/errcodes"
)

// Recover makes the function for gqlgen's SetRecoverFunc: a panic in one field
// nulls that field, with a fixed sentence. onPanic is told of it, and may be nil.
func Recover(onPanic func(ctx context.Context, value any, stack []byte)) graphql.RecoverFunc {
	return func(ctx context.Context, value any) error {
		if onPanic != nil {
			onPanic(ctx, value, debug.Stack())
		}
		return coded(errcodes.Internal, internalMessage)
	}
}

// panicked tells OnPanic of a panic outside of any field. It is called while
// the panic is being recovered, so that the stack is still that of its cause.
func (o Options) panicked(ctx context.Context, value any) {
	if o.OnPanic != nil {
		o.OnPanic(ctx, value, debug.Stack())
	}
}
