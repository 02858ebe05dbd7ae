package observe

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// StartOperation records the start of an operation. The context it returns carries the
// operation's span. Call end once, when the operation has ended.
func (o *Observer) StartOperation(ctx context.Context) (_ context.Context, end func(Operation)) {
	start := time.Now()
	o.metrics.inFlight.Inc()
	ctx, span := o.tracing.start(ctx, unparsed, trace.SpanKindServer, start)
	return ctx, func(op Operation) {
		o.metrics.inFlight.Dec()
		if op.Start.IsZero() {
			op.Start = start
		}
		if op.Duration == 0 {
			op.Duration = time.Since(start)
		}
		o.operation(ctx, span, op)
	}
}

func (o *Observer) operation(ctx context.Context, span trace.Span, op Operation) {
	op = op.clean()
	o.metrics.operation(ctx, op)
	o.logOperation(ctx, op)
	endOperation(span, op)
}

// StartCall records the start of a call to Census; endpoint is its template. Requests made with
// the returned context belong to the call's span. Call end once; it sets the endpoint and the
// duration if they are zero.
func (o *Observer) StartCall(ctx context.Context, endpoint string) (_ context.Context, end func(Call)) {
	start := time.Now()
	ctx, span := o.tracing.start(ctx, "census call", trace.SpanKindInternal, start)
	if o.tracing != nil {
		ctx = withTries(ctx, endpoint)
	}
	return ctx, func(c Call) {
		if c.Endpoint == "" {
			c.Endpoint = endpoint
		}
		if c.Duration == 0 {
			c.Duration = time.Since(start)
		}
		o.call(ctx, span, start, c)
	}
}

func (o *Observer) call(ctx context.Context, span trace.Span, start time.Time, c Call) {
	c.Endpoint = o.metrics.endpoints.bound(keep(c.Endpoint, templateByte))
	c.Outcome = o.metrics.outcomes.bound(keep(c.Outcome, word))
	o.metrics.call(ctx, c)
	o.logCall(ctx, c)
	endCall(span, start, c)
}

// StartBatch opens a span for one batch of a loader that reads keys items at once. end closes it,
// and records whether there was an error but not which.
func (o *Observer) StartBatch(ctx context.Context, loader string, keys int) (_ context.Context, end func(error)) {
	if o.tracing == nil {
		return ctx, func(error) {}
	}
	ctx, span := o.tracing.start(ctx, "batch "+graphqlName(loader), trace.SpanKindInternal, time.Now())
	return ctx, func(err error) { endBatch(span, keys, err) }
}

// Refused records a request that was rejected before it became an operation.
func (o *Observer) Refused(ctx context.Context, op Operation) {
	op = op.clean()
	o.metrics.refused(op.Refusal)
	o.logRefusal(ctx, op)
}
