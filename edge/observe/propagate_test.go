package observe

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func TestTracePropagation(t *testing.T) {
	const incoming = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	exporter := tracetest.NewInMemoryExporter()
	tr := newTracing(sdk.WithSyncer(exporter))
	o := New(Options{Tracing: tr})
	var outgoingHeader http.Header
	client := tr.Outgoing(roundTripper(func(r *http.Request) (*http.Response, error) {
		outgoingHeader = r.Header.Clone()
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	}))
	h := tr.Incoming(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		ctx, end := o.StartOperation(r.Context())
		ctx, endCall := o.StartCall(ctx, "GET /syncs")
		req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://census.invalid/syncs", nil)
		resp, err := client.RoundTrip(req)
		if err != nil {
			t.Error(err)
		} else {
			resp.Body.Close()
		}
		if len(req.Header) > 0 {
			t.Error("the request itself was changed")
		}
		endCall(Call{Outcome: "ok", Tries: 1})
		end(succeededOperation())
	}))
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req.Header.Set("Traceparent", incoming)
	req.Header.Set("Baggage", "secret="+canary)
	h.ServeHTTP(httptest.NewRecorder(), req)

	sent, op := exporter.GetSpans()[0], exporter.GetSpans()[2]
	if op.Parent.SpanID().String() != "b7ad6b7169203331" || op.SpanContext.TraceID().String() != "0af7651916cd43dd8448eb211c80319c" {
		t.Errorf("the operation's parent is %v", op.Parent)
	}
	want := "00-0af7651916cd43dd8448eb211c80319c-" + sent.SpanContext.SpanID().String() + "-01"
	if got := outgoingHeader.Get("Traceparent"); got != want || outgoingHeader.Get("Baggage") != "" {
		t.Errorf("sent %v, want %s alone", outgoingHeader, want)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestForgedTraceparentsAreDropped(t *testing.T) {
	tr := newTracing()
	for _, forged := range []string{"", "x", "00-00000000000000000000000000000000-0000000000000000-01", "00-" + strings.Repeat("a", 5000), "ff-\x00"} {
		h := http.Header{"Traceparent": {forged}}
		if ctx := tr.extract(background(), h); trace.SpanContextFromContext(ctx).IsValid() {
			t.Errorf("%.60q is accepted", forged)
		}
	}
}
