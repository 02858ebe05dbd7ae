package observe

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// logOperation writes the one line of an operation: at level warn where its
// answer has errors, at info otherwise. Fields that are empty are left out.
func (o *Observer) logOperation(ctx context.Context, op Operation) {
	level := slog.LevelInfo
	if len(op.Codes) > 0 {
		level = slog.LevelWarn
	}
	if !o.log.Enabled(ctx, level) {
		return
	}
	if l, ok := o.log.Handler().(*lines); ok {
		l.operation(time.Now(), level, traceID(ctx), op)
		return
	}
	o.log.LogAttrs(ctx, level, operationLine, operationAttrs(traceID(ctx), op)...)
}

// operationLine is the message of every operation's line.
const operationLine = "operation"

func operationAttrs(trace string, op Operation) []slog.Attr {
	attrs := make([]slog.Attr, 0, 12)
	text := func(key, value string) {
		if value != "" {
			attrs = append(attrs, slog.String(key, value))
		}
	}
	text("request_id", op.RequestID)
	text("trace_id", trace)
	text("caller", op.Caller)
	text("type", op.Type)
	text("operation", op.Name)
	text("document", op.Document)
	attrs = append(attrs,
		slog.Float64("duration_ms", milliseconds(op.Duration)),
		slog.Int("census_calls", op.CensusCalls),
		slog.Int("cache_hits", op.CacheHits),
	)
	if op.Status != 0 {
		attrs = append(attrs, slog.Int("status", op.Status))
	}
	if len(op.Codes) > 0 {
		attrs = append(attrs, slog.Any("codes", op.Codes))
	}
	return attrs
}

// logCall writes a call to Census, at level debug.
func (o *Observer) logCall(ctx context.Context, c Call) {
	if !o.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("endpoint", c.Endpoint),
		slog.String("outcome", c.Outcome),
		slog.Int("status", c.Status),
		slog.Float64("duration_ms", milliseconds(c.Duration)),
		slog.Int("tries", c.Tries),
	}
	if id := traceID(ctx); id != "" {
		attrs = append(attrs, slog.String("trace_id", id))
	}
	o.log.LogAttrs(ctx, slog.LevelDebug, "census call", attrs...)
}

func traceID(ctx context.Context) string {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		return id.String()
	}
	return ""
}

// milliseconds keeps three digits: microseconds.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1000
}
