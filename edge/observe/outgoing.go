package observe

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
)

// tries describes the call to Census to which requests belong. It is in their context.
type tries struct {
	template string // of the path, without the prefix in the base URL
	made     atomic.Int64
}

type triesKey struct{}

// withTries returns a context for the requests of a call to endpoint, such as "GET /syncs/{id}".
func withTries(ctx context.Context, endpoint string) context.Context {
	_, template, _ := strings.Cut(endpoint, " ")
	return context.WithValue(ctx, triesKey{}, &tries{template: template})
}

// Outgoing gives every HTTP request to Census a span, by the conventions for HTTP clients, and
// sends the trace along. If tracing is off, Outgoing returns next. It is the innermost layer,
// below retries.
func (t *Tracing) Outgoing(next http.RoundTripper) http.RoundTripper {
	if t == nil {
		return next
	}
	return outgoing{t, next}
}

type outgoing struct {
	tracing *Tracing
	next    http.RoundTripper
}

// RoundTrip sends a copy of r, since a RoundTripper must not modify its request. The span ends
// with the body of the response.
func (o outgoing) RoundTrip(r *http.Request) (*http.Response, error) {
	name, attrs := describeTry(r)
	ctx, span := o.tracing.tracer.Start(r.Context(), name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(attrs...))
	r = r.Clone(ctx)
	if r.Header == nil {
		r.Header = http.Header{}
	}
	o.tracing.Inject(ctx, r.Header)
	resp, err := o.next.RoundTrip(r)
	if err != nil {
		endBroken(span, err)
		span.End()
		return resp, err
	}
	span.SetAttributes(semconv.HTTPResponseStatusCode(resp.StatusCode))
	if resp.StatusCode >= http.StatusBadRequest {
		span.SetAttributes(semconv.ErrorTypeKey.String(strconv.Itoa(resp.StatusCode)))
		span.SetStatus(codes.Error, "")
	}
	resp.Body = &tracedBody{ReadCloser: resp.Body, span: span}
	return resp, nil
}

// describeTry returns the name of a try's span, and the attributes known before it is sent.
func describeTry(r *http.Request) (string, []attribute.KeyValue) {
	attrs := []attribute.KeyValue{
		semconv.HTTPRequestMethodKey.String(r.Method),
		semconv.ServerAddress(r.URL.Hostname()),
		semconv.ServerPort(portOf(r.URL)),
		semconv.URLFull(r.URL.Redacted()),
	}
	of, ok := r.Context().Value(triesKey{}).(*tries)
	if !ok {
		return r.Method, attrs
	}
	path := r.URL.Path
	for range strings.Count(of.template, "/") { // the rest is the prefix
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	attrs = append(attrs, semconv.URLTemplate(path+of.template))
	if n := of.made.Add(1) - 1; n > 0 {
		attrs = append(attrs, semconv.HTTPRequestResendCount(int(n)))
	}
	return r.Method + " " + path + of.template, attrs
}

func portOf(u *url.URL) int {
	if port, err := strconv.Atoi(u.Port()); err == nil {
		return port
	}
	if u.Scheme == "http" {
		return 80
	}
	return 443
}

// endBroken marks the span of a try without a complete response. The text of err goes only to the
// log, since it can contain more than a span should.
func endBroken(span trace.Span, err error) {
	var timeout interface{ Timeout() bool }
	kind := semconv.ErrorType(err)
	switch {
	case errors.Is(err, context.Canceled):
		kind = semconv.ErrorTypeKey.String("canceled")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		kind = semconv.ErrorTypeKey.String("timeout")
	}
	span.SetAttributes(kind)
	span.SetStatus(codes.Error, "")
}

// A tracedBody ends the span of its try when it is closed.
type tracedBody struct {
	io.ReadCloser
	span trace.Span
}

func (b *tracedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		endBroken(b.span, err)
	}
	return n, err
}

func (b *tracedBody) Close() error {
	b.span.End()
	return b.ReadCloser.Close()
}
