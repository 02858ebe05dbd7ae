package transport

import (
	"context"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/internal/errcodes"
)

// writeSingle writes an answer in one piece. resp is nil if ctx ended before there was one.
func (o Options) writeSingle(ctx context.Context, w http.ResponseWriter, m mediaType, resp *graphql.Response) {
	if resp == nil {
		resp = &graphql.Response{Errors: gqlerror.List{timeoutError()}}
	}
	out := withSentErrors(resp, o.maxErrorBytes())
	if out.Data == nil {
		status := http.StatusInternalServerError
		if len(out.Errors) > 0 {
			status = requestStatus(m, codeOf(out.Errors[0]))
			setRetryAfter(w.Header(), out.Errors[0])
		}
		writeAnswer(w, m, status, out)
		return
	}
	if o.Headers != nil {
		o.Headers(ctx, out, w.Header())
	}
	writeAnswer(w, m, http.StatusOK, out)
	if o.Release != nil {
		o.Release(out.Data)
	}
}

func timeoutError() *gqlerror.Error {
	return errorWithCode(errcodes.UpstreamTimeout, "the operation timed out")
}

// setRetryAfter copies retryAfterSeconds of the error to the Retry-After header.
func setRetryAfter(h http.Header, err *gqlerror.Error) {
	var seconds int64
	switch v := err.Extensions["retryAfterSeconds"].(type) {
	case int:
		seconds = int64(v)
	case int64:
		seconds = v
	case float64:
		seconds = int64(v + 0.999) // whole seconds, rounded up
	}
	if seconds > 0 && h.Get("Retry-After") == "" {
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
}
