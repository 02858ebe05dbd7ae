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

// seen is an Observer with all its output.
type seen struct {
	*Observer
	log   *bytes.Buffer // without waiting lines; see lines
	spans *tracetest.InMemoryExporter
}

func watched(t *testing.T, format, level string) seen {
	t.Helper()
	s := seen{log: &bytes.Buffer{}, spans: tracetest.NewInMemoryExporter()}
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
func (s seen) exposition() string { return get(s.MetricsHandler(), "/metrics").Body.String() }

// lines returns the log without the times.
func (s seen) lines() []string {
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

// worked returns a successful operation.
func worked() Operation {
	return Operation{
		RequestID: "r-1", Name: "Overview", Type: "query", Document: "0123456789ab",
		Caller: "key:team-a", Start: time.Unix(1e9, 0), Duration: 12345 * time.Microsecond,
		CensusCalls: 3, CacheHits: 7, Status: 200,
	}
}

// failed returns an operation with errors.
func failed() Operation {
	op := worked()
	op.Codes = []string{"UPSTREAM_TIMEOUT", "NOT_FOUND"}
	return op
}

func readRuns() Call {
	return Call{Endpoint: "GET /syncs/{id}/sync_runs", Outcome: "ok", Status: 200, Duration: 80 * time.Millisecond, Tries: 2}
}

func background() context.Context { return context.Background() }
