package observe

import (
	"context"
	"slices"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// start opens a span that began at begin. If tracing is off, it returns ctx and a span that does
// nothing.
func (t *Tracing) start(ctx context.Context, name string, kind trace.SpanKind, begin time.Time) (context.Context, trace.Span) {
	if t == nil {
		return ctx, trace.SpanFromContext(context.Background()) // the span that does nothing
	}
	return t.tracer.Start(ctx, name, trace.WithSpanKind(kind), trace.WithTimestamp(begin))
}

// unparsed is the span name of an operation of unknown type.
const unparsed = "GraphQL Operation"

// endOperation closes the span of op, which is clean. The name of the span is the type alone,
// since the client chooses the operation's name. The span fails if Census or the gateway did; a
// client's mistake is not a failure of the server.
func endOperation(span trace.Span, op Operation) {
	if !span.IsRecording() {
		return
	}
	attrs := []attribute.KeyValue{
		attribute.Int("census.calls", op.CensusCalls),
		attribute.Int("census.cache_hits", op.CacheHits),
	}
	switch op.Type {
	case "query":
		span.SetName(op.Type)
		attrs = append(attrs, semconv.GraphQLOperationTypeQuery)
	case "subscription":
		span.SetName(op.Type)
		attrs = append(attrs, semconv.GraphQLOperationTypeSubscription)
	}
	text := func(key attribute.Key, value string) {
		if value != "" {
			attrs = append(attrs, key.String(value))
		}
	}
	text(semconv.GraphQLOperationNameKey, op.Name)
	text(semconv.ClientAddressKey, op.Client)
	text("gateway.document.hash", op.Document)
	text("gateway.request_id", op.RequestID)
	text("gateway.caller", op.Caller)
	text("gateway.app.name", op.App)
	text("gateway.app.version", op.AppVersion)
	text("gateway.refused", op.Refusal.Reason)
	if op.Status != 0 {
		attrs = append(attrs, semconv.HTTPResponseStatusCode(op.Status))
	}
	if len(op.Codes) > 0 {
		attrs = append(attrs, attribute.StringSlice("gateway.error.codes", op.Codes))
	}
	if worst := classOfAll(op.Codes); worst >= upstream {
		i := slices.IndexFunc(op.Codes, func(code string) bool { return classOf(code) == worst })
		attrs = append(attrs, semconv.ErrorTypeKey.String(op.Codes[i]))
		span.SetStatus(codes.Error, op.Codes[i])
	}
	span.SetAttributes(attrs...)
	span.End(trace.WithTimestamp(op.Start.Add(op.Duration)))
}

// endCall closes the span of c, whose labels are bounded. The span covers all tries and waits of
// the call. Each try has its own span, see Outgoing.
func endCall(span trace.Span, start time.Time, c Call) {
	if !span.IsRecording() {
		return
	}
	span.SetName("census " + c.Endpoint)
	span.SetAttributes(
		attribute.String("census.endpoint", c.Endpoint),
		attribute.String("census.outcome", c.Outcome),
		attribute.Int("census.tries", c.Tries),
	)
	if c.Outcome != "ok" {
		span.SetAttributes(semconv.ErrorTypeKey.String(c.Outcome))
		span.SetStatus(codes.Error, c.Outcome)
	}
	span.End(trace.WithTimestamp(start.Add(c.Duration)))
}

// endBatch closes the span of a batch that read keys items.
func endBatch(span trace.Span, keys int, err error) {
	span.SetAttributes(attribute.Int("gateway.batch.keys", keys))
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End()
}
