package observe

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// start opens a span that began at begin. Off, it returns ctx as it came and a
// span that does nothing.
func (t *Tracing) start(ctx context.Context, name string, kind trace.SpanKind, begin time.Time) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(context.Background()) // the one that is always there
	}
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithTimestamp(begin))
}

// endOperation closes the span of op, which is clean. The span is named after
// the type alone: the name is the client's to choose.
func endOperation(span trace.Span, op Operation) {
	if !span.IsRecording() {
		return
	}
	span.SetName(op.Type)
	attrs := []attribute.KeyValue{
		attribute.String("graphql.operation.type", op.Type),
		attribute.Int("census.calls", op.CensusCalls),
		attribute.Int("census.cache_hits", op.CacheHits),
	}
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, attribute.String(key, value))
		}
	}
	text("graphql.operation.name", op.Name)
	text("graphql.document.hash", op.Document)
	text("gateway.request_id", op.RequestID)
	text("gateway.caller", op.Caller)
	if op.Status != 0 {
		attrs = append(attrs, attribute.Int("http.response.status_code", op.Status))
	}
	if len(op.Codes) > 0 {
		attrs = append(attrs, attribute.StringSlice("graphql.error.codes", op.Codes))
		span.SetStatus(codes.Error, op.Codes[0])
	}
	span.SetAttributes(attrs...)
	span.End(trace.WithTimestamp(op.Start.Add(op.Duration)))
}

// endCall closes the span of c, whose labels are bounded.
func endCall(span trace.Span, start time.Time, c Call) {
	if !span.IsRecording() {
		return
	}
	span.SetName(c.Endpoint)
	span.SetAttributes(
		attribute.String("census.endpoint", c.Endpoint),
		attribute.String("census.outcome", c.Outcome),
		attribute.Int("http.request.resend_count", max(c.Tries-1, 0)),
	)
	if c.Status != 0 {
		span.SetAttributes(attribute.Int("http.response.status_code", c.Status))
	}
	if c.Outcome != "ok" {
		span.SetStatus(codes.Error, c.Outcome)
	}
	span.End(trace.WithTimestamp(start.Add(c.Duration)))
}

// endBatch closes the span of a batch that asked for keys things.
func endBatch(span trace.Span, keys int, err error) {
	span.SetAttributes(attribute.Int("batch.keys", keys))
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End()
}
