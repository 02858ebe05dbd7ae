package observe

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/propagation"
)

// extract returns ctx in the trace that the headers of a request name, by W3C
// Trace Context. Off, or where they name none, it returns ctx. A caller can in
// this way choose that its requests are kept, within what OTEL_TRACES_SAMPLER
// allows; "always_on", "always_off" and "traceidratio" do not listen to it.
func (t *Tracing) extract(ctx context.Context, h http.Header) context.Context {
	if t == nil || h.Get("Traceparent") == "" {
		return ctx
	}
	return t.propagator.Extract(ctx, propagation.HeaderCarrier(h))
}

// Inject writes the trace of ctx into the headers of a request to be sent. Off,
// or where ctx is in no trace, it writes nothing.
func (t *Tracing) Inject(ctx context.Context, h http.Header) {
	if t != nil {
		t.propagator.Inject(ctx, propagation.HeaderCarrier(h))
	}
}

// Incoming puts requests into the trace they came with. Off, it is next.
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
