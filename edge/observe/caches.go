package observe

import "github.com/prometheus/client_golang/prometheus"

// Cache describes a cache for the metrics, read at every scrape. A nil function omits its metric.
// The others must be safe for concurrent use, and Hits and Misses must never decrease.
type Cache struct {
	Hits    func() uint64
	Misses  func() uint64
	Bytes   func() int64 // held now
	Entries func() int64 // held now
	Limit   func() int64 // maximum size in bytes
	Missing func() int64 // bytes by which Limit is too small
}

// WatchPageCache adds the cache of Census pages to the metrics, as census_gateway_page_cache_…. A
// second call is an error.
func (o *Observer) WatchPageCache(c Cache) error {
	return o.watch("page_cache", "cache of Census pages", c)
}

// WatchAnswerCache adds the cache of whole answers to the metrics, as
// census_gateway_answer_cache_…. A second call returns an error.
func (o *Observer) WatchAnswerCache(c Cache) error {
	return o.watch("answer_cache", "cache of whole answers", c)
}

func (o *Observer) watch(subsystem, what string, c Cache) error {
	count := func(name, help string, f func() uint64) error {
		if f == nil {
			return nil
		}
		return o.registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: subsystem, Name: name, Help: help + " the " + what + ".",
		}, func() float64 { return float64(f()) }))
	}
	gauge := func(name, help string, f func() int64) error {
		if f == nil {
			return nil
		}
		return o.registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: namespace, Subsystem: subsystem, Name: name, Help: help + " the " + what + ".",
		}, func() float64 { return float64(f()) }))
	}
	for _, err := range []error{
		count("hits_total", "Reads answered from", c.Hits),
		count("misses_total", "Reads not found in", c.Misses),
		gauge("bytes", "Bytes held by", c.Bytes),
		gauge("entries", "Entries held by", c.Entries),
		gauge("limit_bytes", "Maximum bytes held by", c.Limit),
		gauge("missing_bytes", "Bytes read again within five minutes because there was no room in", c.Missing),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
