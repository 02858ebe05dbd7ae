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

// seen is an Observer and everything that comes out of it.
type seen struct {
	*Observer
	log   *bytes.Buffer // lines that wait are not in it: see lines
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

// Operation notes, for tests, an operation whose beginning was not noted.
func (o *Observer) Operation(ctx context.Context, op Operation) {
	if op.Start.IsZero() {
		op.Start = time.Now().Add(-op.Duration)
	}
	ctx, span := o.tracing.start(ctx, unparsed, trace.SpanKindServer, op.Start)
	o.operation(ctx, span, op)
}

// Call notes, for tests, a call whose beginning was not noted. Its span is reckoned back
// from now.
func (o *Observer) Call(ctx context.Context, c Call) {
	start := time.Now().Add(-c.Duration)
	ctx, span := o.tracing.start(ctx, "census call", trace.SpanKindInternal, start)
	o.call(ctx, span, start, c)
}

// metrics returns the exposition, as Prometheus would read it.
func (s seen) exposition() string { return get(s.MetricsHandler(), "/metrics").Body.String() }

// lines returns the log without its times.
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

// worked is an operation as a good day has it.
func worked() Operation {
	return Operation{
		RequestID: "r-1", Name: "Overview", Type: "query", Document: "0123456789ab",
		Caller: "key:team-a", Start: time.Unix(1e9, 0), Duration: 12345 * time.Microsecond,
		CensusCalls: 3, CacheHits: 7, Status: 200,
	}
}

// failed is one as a bad day has it.
func failed() Operation {
	op := worked()
	op.Codes = []string{"UPSTREAM_TIMEOUT", "NOT_FOUND"}
	return op
}

func readRuns() Call {
	return Call{Endpoint: "GET /syncs/{id}/sync_runs", Outcome: "ok", Status: 200, Duration: 80 * time.Millisecond, Tries: 2}
}

func background() context.Context { return context.Background() }
