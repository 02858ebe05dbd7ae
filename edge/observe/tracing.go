package observe

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// flushTime is how long Shutdown waits for the last spans to be sent.
const flushTime = 5 * time.Second

// Tracing sends spans to an OpenTelemetry collector. A nil *Tracing means that tracing is off:
// its methods do nothing, at almost no cost.
type Tracing struct {
	provider   *sdk.TracerProvider
	tracer     trace.Tracer
	propagator propagation.TraceContext
}

// NewTracing returns tracing as the environment configures it, or nil if tracing is off. It reads
// with getenv whether to trace, and where to send spans:
//
//   - OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or OTEL_EXPORTER_OTLP_ENDPOINT with
//     /v1/traces added, turns it on;
//   - OTEL_SDK_DISABLED=true and OTEL_TRACES_EXPORTER=none turn it off again.
//
// The OpenTelemetry SDK reads everything else from the environment of the process, by its
// standard names: OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT, _COMPRESSION, _CERTIFICATE and so on,
// OTEL_TRACES_SAMPLER, OTEL_BSP_…, OTEL_SERVICE_NAME (default "census-gateway"),
// OTEL_RESOURCE_ATTRIBUTES. The protocol is OTLP over HTTP; NewTracing rejects gRPC. It does not
// connect yet.
//
// log reports spans that could not be sent; nil discards these messages.
func NewTracing(ctx context.Context, getenv func(string) string, log *slog.Logger) (*Tracing, error) {
	endpoint, err := endpoint(getenv)
	if endpoint == "" || err != nil {
		return nil, err
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	res, err := describe(ctx)
	if err != nil {
		return nil, fmt.Errorf("tracing: %w", err)
	}
	return newTracing(sdk.WithResource(res), sdk.WithBatcher(quietExporter{exporter, log})), nil
}

// describe returns the attributes of this process in every span. OTEL_SERVICE_NAME and
// OTEL_RESOURCE_ATTRIBUTES override them.
func describe(ctx context.Context) (*resource.Resource, error) {
	version, _ := Build()
	res, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(
		semconv.ServiceName("census-gateway"), semconv.ServiceVersion(version), semconv.ServiceInstanceID(newUUID())), resource.WithFromEnv())
	if errors.Is(err, resource.ErrPartialResource) {
		err = nil
	}
	return res, err
}

// newUUID returns a random UUID, version 4 (RFC 9562, 5.4).
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

func newTracing(opts ...sdk.TracerProviderOption) *Tracing {
	provider := sdk.NewTracerProvider(opts...)
	return &Tracing{provider: provider, tracer: provider.Tracer("census-gateway")}
}

// endpoint returns the URL to send spans to; "" if tracing is off.
func endpoint(getenv func(string) string) (string, error) {
	get := func(key string) string { return strings.TrimSpace(getenv(key)) }
	url := get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
	if base := get("OTEL_EXPORTER_OTLP_ENDPOINT"); url == "" && base != "" {
		url = strings.TrimRight(base, "/") + "/v1/traces"
	}
	exporter := get("OTEL_TRACES_EXPORTER")
	if url == "" || strings.EqualFold(get("OTEL_SDK_DISABLED"), "true") || exporter == "none" {
		return "", nil
	}
	if exporter != "" && exporter != "otlp" {
		return "", fmt.Errorf("OTEL_TRACES_EXPORTER is %q: use otlp or none", exporter)
	}
	protocol := get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
	if protocol == "" {
		protocol = get("OTEL_EXPORTER_OTLP_PROTOCOL")
	}
	if protocol == "grpc" {
		return "", errors.New("OTEL_EXPORTER_OTLP_PROTOCOL is grpc, which is not supported: use http/protobuf")
	}
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
		return "", errors.New("OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, must be a URL like http://localhost:4318") // it may contain a password
	}
	return url, nil
}

// Shutdown sends the collected spans and stops. It gives up when ctx ends, and after 5 seconds in
// any case.
func (t *Tracing) Shutdown(ctx context.Context) error {
	if t == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, flushTime)
	defer cancel()
	return t.provider.Shutdown(ctx)
}

// quietExporter reports spans that could not be sent to our log. By default the SDK writes to a
// global logger, and may include the collector's response.
type quietExporter struct {
	sdk.SpanExporter
	log *slog.Logger
}

func (q quietExporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := q.SpanExporter.ExportSpans(ctx, spans)
	if err != nil && q.log != nil {
		q.log.WarnContext(ctx, "spans not sent", "spans", len(spans), "error", err.Error())
	}
	return nil
}
