package transport

import (
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"census-gateway/graph/documents"
	"census-gateway/internal/errcodes"
)

// executeRequest executes req and writes the result. A panic outside of a field becomes a 500 and
// is not propagated.
func (o Options) executeRequest(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor, formats acceptedFormats, req *request) {
	ctx := documents.WithID(r.Context(), req.documentID)
	defer func() {
		if value := recover(); value != nil {
			o.panicked(ctx, value)
			reject(w, r, formats.single, &rejection{status: http.StatusInternalServerError, code: errcodes.Internal, message: internalMessage})
		}
	}()
	req.Headers = r.Header
	op, errs := exec.CreateOperationContext(ctx, &req.RawParams)
	if len(errs) > 0 {
		ctx = graphql.WithOperationContext(ctx, op)
		// A document can have many mistakes. Presenters see only those that are reported.
		errs = o.requestErrors(op, &req.RawParams, errs)
		resp := exec.DispatchError(ctx, errs[:min(len(errs), maxRequestErrors)])
		addOmitted(resp, len(errs)-maxRequestErrors)
		o.writeSingle(ctx, w, formats.single, resp)
		return
	}
	if bad := checkMethod(w, r, op.Operation.Operation); bad != nil {
		reject(w, r, formats.single, bad)
		return
	}
	if op.Operation.Operation == ast.Subscription {
		o.executeSubscription(ctx, w, r, exec, formats, op)
		return
	}
	if formats.parts != partsNone && mayDefer(op) {
		o.executeDeferred(ctx, w, exec, formats, op)
		return
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	o.writeSingle(ctx, w, formats.single, next(ctx))
}

// checkMethod returns a rejection if the method does not allow the kind of operation.
func checkMethod(w http.ResponseWriter, r *http.Request, kind ast.Operation) *rejection {
	switch {
	case kind != ast.Mutation:
		return nil
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		return &rejection{status: http.StatusMethodNotAllowed, code: errcodes.BadRequest, message: "mutations are not allowed by " + r.Method + ": use POST"}
	}
	return nil
}
