package observe

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"
)

// observed is an Observer with all its output.
type observed struct {
	*Observer
	log   *bytes.Buffer // without waiting lines; see lines
	spans *tracetest.InMemoryExporter
}

func newObserved(t *testing.T, format, level string) observed {
	t.Helper()
	s := observed{log: &bytes.Buffer{}, spans: tracetest.NewInMemoryExporter()}
	log, err := NewLogger(s.log, format, level, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Observer = New(Options{
		Logger:  log,
		Tracing: newTracing(sdk.WithSyncer(s.spans)),
	})
	return s
}

// Operation records, for tests, an operation whose start was not recorded.
func (o *Observer) Operation(ctx context.Context, op Operation) {
	if op.Start.IsZero() {
		op.Start = time.Now().Add(-op.Duration)
	}
	ctx, span := o.tracing.start(ctx, unparsed, trace.SpanKindServer, op.Start)
	o.operation(ctx, span, op)
}

// Call records, for tests, a call whose start was not recorded. Its span ends now.
func (o *Observer) Call(ctx context.Context, c Call) {
	start := time.Now().Add(-c.Duration)
	ctx, span := o.tracing.start(ctx, "census call", trace.SpanKindInternal, start)
	o.call(ctx, span, start, c)
}

// exposition returns the metrics as Prometheus reads them.
func (s observed) exposition() string { return get(s.MetricsHandler(), "/metrics").Body.String() }

// lines returns the log without the times.
func (s observed) lines() []string {
	if s.Observer != nil {
		Flush(s.Observer.log)
	}
	var lines []string
	for line := range strings.Lines(s.log.String()) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, `{"time":"`); ok {
			_, rest, _ = strings.Cut(rest, `",`)
			line = "{" + rest
		} else if strings.HasPrefix(line, "time=") {
			_, line, _ = strings.Cut(line, " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	return rec
}

// succeededOperation returns a successful operation.
func succeededOperation() Operation {
	return Operation{
		RequestID: "r-1", Name: "Overview", Type: "query", Document: "0123456789ab",
		Caller: "key:team-a", Start: time.Unix(1e9, 0), Duration: 12345 * time.Microsecond,
		CensusCalls: 3, CacheHits: 7, Status: 200,
	}
}

// failedOperation returns an operation with errors.
func failedOperation() Operation {
	op := succeededOperation()
	op.Codes = []string{"UPSTREAM_TIMEOUT", "NOT_FOUND"}
	return op
}

func readRuns() Call {
	return Call{Endpoint: "GET /syncs/{id}/sync_runs", Outcome: "ok", Status: 200, Duration: 80 * time.Millisecond, Tries: 2}
}

func background() context.Context { return context.Background() }
