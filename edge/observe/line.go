package observe

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/trace"
)

// logOperation writes the log line of an operation. The level is warn if an operator may have to
// act, because the operation was rejected or Census or the gateway failed; otherwise info. Empty
// fields are left out.
func (o *Observer) logOperation(ctx context.Context, op Operation) {
	level := slog.LevelInfo
	if op.Refusal.Reason != "" || classOfAll(op.Codes) >= upstream {
		level = slog.LevelWarn
	}
	if !o.log.Enabled(ctx, level) {
		return
	}
	trace := o.traceID(ctx)
	now, h := op.Start.Add(op.Duration), o.log.Handler()
	if l, ours := h.(*lines); ours && level == slog.LevelInfo {
		l.operations.write(now, trace, &op)
		return
	} else if ours {
		h = l.Handler // it would add the id of the request a second time
	}
	r := slog.NewRecord(now, level, operationLine, 0)
	op.attrs(trace, func(a slog.Attr) { r.AddAttrs(a) })
	_ = h.Handle(ctx, r) // slog does not report a failed write either
}

// operationLine is the message of every operation's line.
const operationLine = "operation"

// logRefusal writes the log line of a request that was rejected before it became an operation.
func (o *Observer) logRefusal(ctx context.Context, op Operation) {
	attrs := []slog.Attr{slog.String("client", op.Client), slog.Int("status", op.Status), slog.Any("codes", op.Codes)}
	o.log.LogAttrs(ctx, slog.LevelWarn, "refused", append(attrs, refusalAttrs(op.Refusal)...)...)
}

func refusalAttrs(r Refusal) []slog.Attr {
	attrs := []slog.Attr{slog.String("refused", r.Reason)}
	if r.Setting != "" {
		attrs = append(attrs, slog.String("setting", r.Setting))
	}
	if r.Cause != nil {
		attrs = append(attrs, slog.String("cause", r.Cause.Error()))
	}
	return attrs
}

// attrs calls add for each attribute of the line of op. It omits empty ones.
func (op *Operation) attrs(trace string, add func(slog.Attr)) {
	text := func(key, value string) {
		if value != "" {
			add(slog.String(key, value))
		}
	}
	text("request_id", op.RequestID)
	text("trace_id", trace)
	text("caller", op.Caller)
	text("client", op.Client)
	text("app", op.App)
	text("app_version", op.AppVersion)
	text("type", op.Type)
	text("operation", op.Name)
	text("document", op.Document)
	add(slog.Float64("duration_ms", milliseconds(op.Duration)))
	add(slog.Int("census_calls", op.CensusCalls))
	add(slog.Int("cache_hits", op.CacheHits))
	if op.Status != 0 {
		add(slog.Int("status", op.Status))
	}
	if len(op.Codes) > 0 {
		add(slog.Any("codes", op.Codes))
	}
	if op.Refusal.Reason != "" {
		for _, a := range refusalAttrs(op.Refusal) {
			add(a)
		}
	}
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
	if id := o.traceID(ctx); id != "" {
		attrs = append(attrs, slog.String("trace_id", id))
	}
	o.log.LogAttrs(ctx, slog.LevelDebug, "census call", attrs...)
}

// traceID returns the id of ctx's trace; "" if it is in none, or tracing is off.
func (o *Observer) traceID(ctx context.Context) string {
	if o.tracing == nil {
		return ""
	}
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		return id.String()
	}
	return ""
}

// milliseconds returns d in ms with three decimals, so in whole microseconds.
func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond).Microseconds()) / 1000
}
