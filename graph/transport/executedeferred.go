package transport

import (
	"context"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/exec"
)

// mayDefer reports whether op can be answered in parts. It must be a query whose text contains
// @defer. GraphQL names have no escapes.
func mayDefer(op *graphql.OperationContext) bool {
	return op.Operation.Operation == ast.Query && strings.Contains(op.RawQuery, "defer")
}

// executeDeferred executes a query that may defer, and writes each part as soon as it is ready. If
// nothing was deferred (because of if: false, or a null object), it writes a plain answer of type
// formats.single.
func (o Options) executeDeferred(ctx context.Context, w http.ResponseWriter, executor graphql.GraphExecutor, formats acceptedFormats, op *graphql.OperationContext) {
	if ctx.Err() != nil { // the client has left
		o.writeSingle(ctx, w, formats.single, nil)
		return
	}
	ctx, parts := exec.WithParts(ctx)
	respond, ctx := executor.DispatchOperation(ctx, op)
	// The execution sees the end of ctx, and its result is still sent.
	lasting := context.WithoutCancel(ctx)
	next := func() *graphql.Response { return o.nextResponse(lasting, respond) }
	first := next()
	if first == nil || len(parts.Pending) == 0 {
		o.writeSingle(ctx, w, formats.single, first)
		return
	}
	if o.Headers != nil {
		o.Headers(ctx, first, w.Header())
	}
	out := newPartsWriter(w, formats.parts, o.maxErrorBytes())
	for resp := first; ; resp = next() {
		failed := resp == nil || resp.Data == nil // the execution failed
		if out.writePart(resp, parts) != nil || failed || !*resp.HasNext {
			return
		}
	}
}
