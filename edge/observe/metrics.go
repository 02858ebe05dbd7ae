package observe

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.opentelemetry.io/otel/trace"
)

const namespace = "census_gateway"

// buckets cover answers from memory (a millisecond or less) as well as answers at the timeout (10
// s, at most 30 s). In seconds.
func buckets() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// metrics are the instruments; docs/operations.md lists their names.
type metrics struct {
	exemplars    bool                              // durations name traces
	operations   *prometheus.CounterVec            // operation_type, code
	duration     [errorClasses]prometheus.Observer // code_class
	callers      *prometheus.CounterVec            // caller
	inFlight     prometheus.Gauge
	calls        *prometheus.CounterVec   // endpoint, outcome
	callDuration *prometheus.HistogramVec // endpoint
	retries      *prometheus.CounterVec   // endpoint
	refusals     *prometheus.CounterVec   // reason
	trusted      *prometheus.CounterVec   // document
	deprecated   *prometheus.CounterVec   // field

	codes, endpoints, outcomes, reasons, keys, documents, fields bounded
}

func newMetrics(reg *prometheus.Registry) *metrics {
	m := &metrics{
		operations: counter("operations_total", "GraphQL operations answered, by type and by the code of their first error (OK without errors).", "operation_type", "code"),
		callers:    counter("caller_operations_total", "GraphQL operations answered, by API key; for all other callers by kind of credential.", "caller"),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "operations_in_flight",
			Help: "GraphQL operations in progress."}),
		calls: counter("census_calls_total", "Calls to Census, without retries, by endpoint and outcome.", "endpoint", "outcome"),
		callDuration: prometheus.NewHistogramVec(histogram("census_call_duration_seconds",
			"Duration of a call to Census, including retries and waits."), []string{"endpoint"}),
		retries:    counter("census_retries_total", "HTTP requests to Census after the first of each call.", "endpoint"),
		refusals:   counter("refusals_total", "Requests rejected, by reason.", "reason"),
		trusted:    counter("document_operations_total", "GraphQL operations answered for a trusted document, by its id.", "document"),
		deprecated: counter("deprecated_fields_total", "Operations answered that selected a deprecated field, by field.", "field"),
		keys:       bounded{most: maxKeys},
		documents:  bounded{most: maxDocuments},
	}
	duration := prometheus.NewHistogramVec(histogram("operation_duration_seconds",
		"Duration of an operation, by who caused its errors (ok without errors)."), []string{"code_class"})
	for b := range m.duration {
		m.duration[b] = duration.WithLabelValues(errorClass(b).String())
	}
	version, commit := Build()
	running := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: "build_info",
		Help: "Always 1; its labels identify the build.",
		ConstLabels: prometheus.Labels{
			"version": version, "commit": commit, "goversion": runtime.Version(),
		}})
	running.Set(1)
	reg.MustRegister(m.operations, duration, m.callers, m.inFlight, m.calls, m.callDuration, m.retries, m.refusals, m.trusted, m.deprecated, running,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

// histogram returns the options of a histogram, with native buckets for scrapers that request them,
// and classic buckets for others.
func histogram(name, help string) prometheus.HistogramOpts {
	return prometheus.HistogramOpts{
		Namespace: namespace, Name: name, Help: help, Buckets: buckets(),
		NativeHistogramBucketFactor:     1.1,
		NativeHistogramMaxBucketNumber:  100,
		NativeHistogramMinResetDuration: time.Hour,
	}
}

func (m *metrics) operation(ctx context.Context, op Operation) {
	m.operations.WithLabelValues(op.Type, m.codes.bound(op.code())).Inc()
	m.callers.WithLabelValues(m.caller(op.Caller)).Inc()
	if op.Trusted != "" {
		m.trusted.WithLabelValues(m.documents.bound(op.Trusted)).Inc()
	}
	for _, field := range op.Deprecated {
		m.deprecated.WithLabelValues(m.fields.bound(field)).Inc()
	}
	m.observeSeconds(ctx, m.duration[classOfAll(op.Codes)], op.Duration)
	m.refused(op.Refusal)
}

func (m *metrics) call(ctx context.Context, c Call) {
	m.calls.WithLabelValues(c.Endpoint, c.Outcome).Inc()
	if c.Tries == 0 { // nothing was sent, so there is no duration to observe
		return
	}
	m.observeSeconds(ctx, m.callDuration.WithLabelValues(c.Endpoint), c.Duration)
	m.retries.WithLabelValues(c.Endpoint).Add(float64(c.Tries - 1))
}

// refused counts r, which is clean, if the operation was rejected.
func (m *metrics) refused(r Refusal) {
	if r.Reason != "" {
		m.refusals.WithLabelValues(m.reasons.bound(r.Reason)).Inc()
	}
}

// maxDocuments is the maximum number of trusted documents with a label of their own.
const maxDocuments = 256

// maxKeys is the maximum number of API keys with a label of their own.
const maxKeys = 256

// caller returns the value of the label caller: the name of an API key, since the operator chose
// these and they are few; for other callers only the kind of credential.
func (m *metrics) caller(id string) string {
	kind, _, named := strings.Cut(id, ":")
	switch {
	case id == "":
		return "none"
	case !named:
		return m.keys.bound(id) // anonymous
	case kind == "key":
		return m.keys.bound(id)
	case kind == "jwt" || kind == "token":
		return kind
	}
	return other
}

// observeSeconds adds d to h. If ctx is in a sampled trace, it adds the trace as an exemplar.
func (m *metrics) observeSeconds(ctx context.Context, h prometheus.Observer, d time.Duration) {
	if m.exemplars {
		span := trace.SpanContextFromContext(ctx)
		if e, ok := h.(prometheus.ExemplarObserver); ok && span.IsSampled() {
			e.ObserveWithExemplar(d.Seconds(), prometheus.Labels{"trace_id": span.TraceID().String()})
			return
		}
	}
	h.Observe(d.Seconds())
}
