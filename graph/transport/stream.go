package transport

import (
	"context"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/exec"
)

// mayDefer tells whether an answer in parts can be asked for: only of a query, and
// only if the text says @defer. Names have no escapes in GraphQL.
func mayDefer(op *graphql.OperationContext) bool {
	return op.Operation.Operation == ast.Query && strings.Contains(op.RawQuery, "defer")
}

// stream executes a query that may defer, and writes its answer in parts as they
// come, in the given form. If nothing was deferred after all (by if: false, or
// because the object was null) the answer is plain, in form m.
func (o Options) stream(ctx context.Context, w http.ResponseWriter, executor graphql.GraphExecutor, takes accepted, op *graphql.OperationContext) {
	if ctx.Err() != nil { // nothing is begun without time
		o.write(ctx, w, takes.plain, nil)
		return
	}
	ctx, parts := exec.WithParts(ctx)
	respond, ctx := executor.DispatchOperation(ctx, op)
	lasting := context.WithoutCancel(ctx) // the execution sees the end; what it makes of that is sent
	next := func() *graphql.Response { return o.respond(lasting, respond) }
	first := next()
	if first == nil || len(parts.Pending) == 0 {
		o.write(ctx, w, takes.plain, first)
		return
	}
	if o.Headers != nil {
		o.Headers(ctx, first, w.Header())
	}
	out := startMultipart(w, takes.parts, o.maxErrorBytes())
	for resp := first; ; resp = next() {
		failed := resp == nil || resp.Data == nil // the execution came to grief
		if out.part(resp, parts) != nil || failed || !*resp.HasNext {
			return
		}
	}
}
