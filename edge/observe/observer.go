package observe

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are the optional parts of an Observer.
type Options struct {
	Logger  *slog.Logger // nil: no log
	Tracing *Tracing     // nil: no traces
}

// An Observer records operations and calls. It is safe for concurrent use.
type Observer struct {
	log      *slog.Logger
	tracing  *Tracing
	metrics  *metrics
	registry *prometheus.Registry
}

// New returns an Observer with its own metrics.
func New(opt Options) *Observer {
	o := &Observer{
		log:      opt.Logger,
		tracing:  opt.Tracing,
		registry: prometheus.NewRegistry(),
	}
	if o.log == nil {
		o.log = slog.New(slog.DiscardHandler)
	}
	o.metrics = newMetrics(o.registry)
	o.metrics.exemplars = o.tracing != nil
	return o
}

// MetricsHandler serves the metrics to Prometheus.
func (o *Observer) MetricsHandler() http.Handler {
	return promhttp.HandlerFor(o.registry, promhttp.HandlerOpts{
		EnableOpenMetrics: true,
		ErrorHandling:     promhttp.ContinueOnError,
		Timeout:           10 * time.Second,
	})
}
