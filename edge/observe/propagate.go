package observe

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// extract returns ctx in the trace named by the headers of a request (W3C Trace Context).
// If tracing is off, or the headers name no trace, it returns ctx. So a caller can choose
// that its requests are sampled, as far as OTEL_TRACES_SAMPLER allows; "always_on",
// "always_off" and "traceidratio" ignore the caller's choice.
func (t *Tracing) extract(ctx context.Context, h http.Header) context.Context {
	if t == nil || h.Get("Traceparent") == "" {
		return ctx
	}
	return t.propagator.Extract(ctx, propagation.HeaderCarrier(h))
}

// Inject writes the trace of ctx into the headers of an outgoing request. It does nothing if
// tracing is off, or if ctx is in no trace.
func (t *Tracing) Inject(ctx context.Context, h http.Header) {
	if t != nil {
		t.propagator.Inject(ctx, propagation.HeaderCarrier(h))
	}
}

// Incoming continues the trace that a request names. If tracing is off, Incoming returns next.
func (t *Tracing) Incoming(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ctx := t.extract(r.Context(), r.Header); ctx != r.Context() {
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}
