package observe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

func attributes(s tracetest.SpanStub) map[string]string {
	m := map[string]string{}
	for _, kv := range s.Attributes {
		m[string(kv.Key)] = kv.Value.String()
	}
	return m
}

func TestOneSpanEach(t *testing.T) {
	s := newObserved(t, "json", "")
	ctx, endOp := s.StartOperation(background())
	batch, endBatch := s.StartBatch(ctx, "syncs", 17)
	_, endCall := s.StartCall(batch, "GET /syncs/{id}")
	endCall(Call{Outcome: "rate_limited", Status: 429, Tries: 3})
	endBatch(errors.New("inner detail"))
	endOp(failedOperation())

	spans := s.spans.GetSpans()
	if len(spans) != 3 {
		t.Fatalf("%d spans", len(spans))
	}
	call, loader, op := spans[0], spans[1], spans[2]
	if op.Name != "query" || op.SpanKind != trace.SpanKindServer || op.Status.Code != codes.Error || op.Status.Description != "UPSTREAM_TIMEOUT" {
		t.Errorf("operation %+v", op)
	}
	for key, want := range map[string]string{
		"graphql.operation.type": "query", "graphql.operation.name": "Overview", "gateway.request_id": "r-1",
		"gateway.caller": "key:team-a", "census.calls": "3", "census.cache_hits": "7",
		"http.response.status_code": "200", "gateway.error.codes": `["UPSTREAM_TIMEOUT","NOT_FOUND"]`, "error.type": "UPSTREAM_TIMEOUT", "gateway.document.hash": "0123456789ab",
	} {
		if got := attributes(op)[key]; got != want {
			t.Errorf("operation %s = %q, want %q", key, got, want)
		}
	}
	if loader.Name != "batch syncs" || attributes(loader)["gateway.batch.keys"] != "17" || loader.Status.Description != "failed" || len(loader.Events) > 0 {
		t.Errorf("batch %+v", loader)
	}
	if call.Name != "census GET /syncs/{id}" || call.SpanKind != trace.SpanKindInternal || call.Status.Description != "rate_limited" ||
		attributes(call)["census.tries"] != "3" || attributes(call)["error.type"] != "rate_limited" {
		t.Errorf("call %+v", call)
	}
	if loader.Parent.SpanID() != op.SpanContext.SpanID() || call.Parent.SpanID() != loader.SpanContext.SpanID() {
		t.Error("the spans are not nested")
	}
}

func TestSpansOfFinishedOperationsHaveTheirDuration(t *testing.T) {
	s := newObserved(t, "json", "")
	s.Operation(background(), succeededOperation())
	s.Call(background(), readRuns())
	spans := s.spans.GetSpans()
	if got := spans[0].EndTime.Sub(spans[0].StartTime); got != succeededOperation().Duration || !spans[0].StartTime.Equal(succeededOperation().Start) {
		t.Errorf("operation lasts %v from %v", got, spans[0].StartTime)
	}
	if got := spans[1].EndTime.Sub(spans[1].StartTime); got != readRuns().Duration {
		t.Errorf("call lasts %v", got)
	}
}

func TestSpansReachACollector(t *testing.T) {
	var mu sync.Mutex
	var bodies [][]byte
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/v1/traces" {
			bodies = append(bodies, body)
		}
	}))
	defer collector.Close()
	tr, err := NewTracing(background(), env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL), nil)
	if err != nil || tr == nil {
		t.Fatal(tr, err)
	}
	New(Options{Tracing: tr}).Operation(background(), succeededOperation())
	if err := tr.Shutdown(background()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if !slices.ContainsFunc(bodies, func(b []byte) bool {
		return bytes.Contains(b, []byte("graphql.operation.name")) && bytes.Contains(b, []byte("census-gateway"))
	}) {
		t.Errorf("%d bodies, none with the span", len(bodies))
	}
}

func TestShutdownDoesNotWaitForADeadCollector(t *testing.T) {
	hang := make(chan struct{})
	collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer collector.Close()
	defer close(hang)
	var buf bytes.Buffer
	log, _ := NewLogger(&buf, "text", "", nil)
	tr, err := NewTracing(background(), env("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL), log)
	if err != nil {
		t.Fatal(err)
	}
	New(Options{Tracing: tr}).Operation(background(), succeededOperation())
	ctx, cancel := context.WithTimeout(background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_ = tr.Shutdown(ctx)
	if took := time.Since(start); took > flushTime {
		t.Errorf("took %v", took)
	}
}

func TestTracingOff(t *testing.T) {
	tr, err := NewTracing(background(), env(), nil)
	if tr != nil || err != nil {
		t.Fatal(tr, err)
	}
	if err := tr.Shutdown(background()); err != nil {
		t.Error(err)
	}
	next := roundTripper(nil)
	if _, wrapped := tr.Outgoing(next).(outgoing); wrapped {
		t.Error("Outgoing wraps next though tracing is off")
	}
	h := http.Header{"Traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}
	if tr.extract(background(), h) != background() {
		t.Error("a context was made")
	}
	tr.Inject(background(), h)
	o := New(Options{})
	allocs := testing.AllocsPerRun(100, func() {
		ctx, end := o.StartOperation(background())
		ctx, endBatch := o.StartBatch(ctx, "syncs", 3)
		_, endCall := o.StartCall(ctx, "GET /syncs")
		endCall(Call{Outcome: "ok", Tries: 1})
		endBatch(nil)
		end(Operation{Type: "query"})
	})
	if allocs > 16 {
		t.Errorf("%v allocations with everything off", allocs)
	}
}

func BenchmarkTracingOff(b *testing.B) {
	var tr *Tracing
	b.ReportAllocs()
	for b.Loop() {
		_, span := tr.start(background(), unparsed, trace.SpanKindServer, time.Time{})
		endOperation(span, Operation{})
	}
}

func BenchmarkOperationWithoutTracing(b *testing.B) {
	o := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		_, end := o.StartOperation(background())
		end(Operation{Type: "query", Name: "Overview"})
	}
}
