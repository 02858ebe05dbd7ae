package transport

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
)

// stream executes a query that defers, and writes its answer in parts as they
// come. Where nothing was deferred after all (by if: false, or because the
// object was null) the answer is plain, in form m. labels are what the client
// calls the parts.
func (o Options) stream(ctx context.Context, w http.ResponseWriter, exec graphql.GraphExecutor, m media, op *graphql.OperationContext, labels map[string]string) {
	noted := new(notes)
	next, ctx, end := o.begin(context.WithValue(ctx, notesKey{}, noted), exec, op)
	defer end()

	first := next()
	if first == nil || !hasNext(first) {
		o.write(ctx, w, m, op, first)
		return
	}
	d := newDelivery(o.Schema, op, noted)
	d.first(first)
	if o.Headers != nil {
		o.Headers(ctx, first, w.Header())
	}
	out := startMultipart(w, op, o.maxErrorBytes(), labels)
	if out.first(first) != nil {
		return
	}
	for {
		resp := next()
		switch {
		case resp == nil:
			_ = out.last(d.late(), nil)
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

func hasNext(resp *graphql.Response) bool { return resp.HasNext != nil && *resp.HasNext }
