package observe

import "github.com/prometheus/client_golang/prometheus"

// A Figure is a metric kept by its owner and read at every scrape.
type Figure struct {
	Name, Help string // without the prefix census_gateway_
	Label      string // name of its one label; "" for no label
	LabelValue string
	Counter    bool // it never decreases
	// Value returns the current value. It must be safe for concurrent use. If it returns false,
	// this scrape omits the metric.
	Value func() (float64, bool)
}

// Watch adds figures to the metrics. A second figure with the same name and label returns an
// error.
func (o *Observer) Watch(figures ...Figure) error {
	for _, f := range figures {
		var labels prometheus.Labels
		if f.Label != "" {
			labels = prometheus.Labels{f.Label: f.LabelValue}
		}
		desc := prometheus.NewDesc(prometheus.BuildFQName(namespace, "", f.Name), f.Help, nil, labels)
		if err := o.registry.Register(figure{f, desc}); err != nil {
			return err
		}
	}
	return nil
}

type figure struct {
	Figure
	desc *prometheus.Desc
}

func (f figure) Describe(ch chan<- *prometheus.Desc) { ch <- f.desc }

func (f figure) Collect(ch chan<- prometheus.Metric) {
	kind := prometheus.GaugeValue
	if f.Counter {
		kind = prometheus.CounterValue
	}
	if v, ok := f.Value(); ok {
		ch <- prometheus.MustNewConstMetric(f.desc, kind, v)
	}
}
