package transport

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// stream executes a query that defers, and writes its answer in parts as they
// come. Where nothing was deferred after all (by if: false, or because the
// object was null) the answer is plain, in form m. labels are what the client
// calls the parts.
func (o Options) stream(ctx context.Context, w http.ResponseWriter, exec graphql.GraphExecutor, m media, op *graphql.OperationContext, labels map[string]string) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	results := o.pump(ctx, exec, op)
	first := receive(ctx, results)
	if first.resp == nil || !hasNext(first.resp) {
		if first.ctx == nil {
			first.ctx = ctx
		}
		o.write(first.ctx, w, m, first.resp)
		return
	}
	d := newDelivery(o.Schema, op)
	first.resp.Data = d.first(first.resp.Data)
	if o.Headers != nil {
		o.Headers(first.ctx, first.resp, w.Header())
	}
	out := startMultipart(w, o.maxErrors(), labels)
	if out.first(first.resp) != nil {
		return
	}
	for {
		resp := receive(ctx, results).resp
		switch {
		case resp == nil && ctx.Err() != nil:
			_ = out.last(d.rest(), gqlerror.List{timeout()})
			return
		case resp == nil:
			_ = out.last(d.rest(), nil)
			return
		case resp.Data == nil: // the execution came to grief
			_ = out.last(d.rest(), resp.Errors)
			return
		case !hasNext(resp):
			_ = out.last(append(d.take(resp), d.rest()...), nil)
			return
		}
		if ready := d.take(resp); len(ready) > 0 && out.next(ready) != nil {
			return
		}
	}
}

// A result is one response, with the context its interceptors ran under. Both
// are nil at the end.
type result struct {
	ctx  context.Context
	resp *graphql.Response
}

// pump executes op and hands out its responses. When ctx ends, responses are
// dropped and the execution is read to its end all the same: gqlgen waits for
// deferred results without looking at a context, so a reader that simply left
// would leave the goroutines behind it for ever.
func (o Options) pump(ctx context.Context, exec graphql.GraphExecutor, op *graphql.OperationContext) <-chan result {
	op.ResolverMiddleware = hurried(ctx, op.ResolverMiddleware)
	results := make(chan result)
	send := func(r result) {
		select {
		case results <- r:
		case <-ctx.Done():
		}
	}
	go func() {
		defer close(results)
		defer func() {
			if value := recover(); value != nil {
				o.panicked(ctx, value)
				send(result{ctx, &graphql.Response{Errors: gqlerror.List{coded(CodeInternal, internalMessage)}}})
			}
		}()
		next, inner := exec.DispatchOperation(context.WithoutCancel(ctx), op)
		for resp := next(inner); resp != nil; resp = next(inner) {
			send(result{inner, resp})
		}
	}()
	return results
}

func receive(ctx context.Context, results <-chan result) result {
	select {
	case r := <-results:
		return r
	case <-ctx.Done():
		return result{}
	}
}

func hasNext(resp *graphql.Response) bool { return resp.HasNext != nil && *resp.HasNext }
