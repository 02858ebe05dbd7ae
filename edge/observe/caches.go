package observe

import "github.com/prometheus/client_golang/prometheus"

// Cache is what a cache can tell of itself, asked at every scrape. A nil
// function leaves its metric out; the others must be safe for concurrent use,
// and Hits and Misses never fall.
type Cache struct {
	Hits    func() uint64
	Misses  func() uint64
	Bytes   func() int64 // held now
	Entries func() int64 // held now
	Limit   func() int64 // bytes that it may hold
	Missing func() int64 // bytes by which that is too little
}

// WatchPageCache shows the cache of Census pages as census_gateway_page_cache_….
// A second one is an error.
func (o *Observer) WatchPageCache(c Cache) error {
	return o.watch("page_cache", "cache of Census pages", c)
}

// WatchAnswerCache shows the cache of whole answers as
// census_gateway_answer_cache_…. A second one is an error.
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
		gauge("limit_bytes", "Bytes that may be held by", c.Limit),
		gauge("missing_bytes", "Bytes asked for again within five minutes for which there was no room in", c.Missing),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}
