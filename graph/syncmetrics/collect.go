package syncmetrics

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"census-gateway/graph/alerts"
	"census-gateway/graph/health"
	"census-gateway/graph/live"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
)

// maxSyncs is the maximum number of syncs with their own series. Those with the lowest ids have
// them, so that series stay the same between scrapes.
const maxSyncs = 1000

// Describe implements prometheus.Collector.
func (k *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range descriptions {
		ch <- d
	}
}

// Collect implements prometheus.Collector. It leaves out unknown values.
func (k *Collector) Collect(ch chan<- prometheus.Metric) {
	out := writer{ch, nil}
	_, calls, _ := k.Watchers.Stats()
	out.counter(watchCalls, float64(calls))
	watcher, names := k.current()
	if watcher == nil {
		return
	}
	g := watcher.Snapshot()
	if g.Tried.IsZero() {
		return
	}
	out.gauge(up, boolValue(g.Up))
	if g.Fresh.IsZero() {
		return
	}
	out.gauge(lastAnswer, unixSeconds(g.Fresh))
	out.gauge(watchCycle, g.Cycle.Seconds())
	inState := make(map[health.State]int)
	for i := range g.Syncs {
		if h := g.Syncs[i].Health; h != nil {
			inState[h.State]++
		}
	}
	for _, s := range health.WorstFirst {
		out.gauge(syncs, float64(inState[s]), string(s))
	}
	slices.SortFunc(g.Syncs, func(a, b live.SyncSnapshot) int { return cmp.Compare(a.Record.ID, b.Record.ID) })
	shown := g.Syncs[:min(len(g.Syncs), maxSyncs)]
	out.gauge(leftOut, float64(len(g.Syncs)-len(shown)))
	now := time.Now()
	for i := range shown {
		y := &shown[i]
		out.sync = []string{strconv.FormatInt(int64(y.Record.ID), 10)}
		out.gauge(info, 1, names.labels(y.Record)...)
		out.record(y.Record, now)
		if y.Read {
			out.gauge(readSuccess, boolValue(!y.Failed))
		}
		if y.Health != nil {
			out.health(y.Health)
			out.runs(y)
			out.alerts(y, now)
			out.counts(&y.Counts)
		}
	}
}

// A writer writes metrics. Metrics of a sync have its id as first label.
type writer struct {
	ch   chan<- prometheus.Metric
	sync []string // nil: for metrics of the workspace
}

func (w writer) labels(values []string) []string { return append(slices.Clip(w.sync), values...) }

func (w writer) gauge(d *prometheus.Desc, v float64, labels ...string) {
	w.ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, w.labels(labels)...)
}

func (w writer) counter(d *prometheus.Desc, v float64, labels ...string) {
	w.ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, w.labels(labels)...)
}

// timestamp writes a time; it leaves out 0, which means none.
func (w writer) timestamp(d *prometheus.Desc, t census.DateTime) {
	if t != 0 {
		w.gauge(d, float64(t)/1000)
	}
}

func (w writer) record(y *census.Sync, now time.Time) {
	w.gauge(paused, boolValue(y.Paused))
	if schedule, err := health.ParseSchedule(y.Schedule); err == nil && !y.Paused {
		for _, at := range schedule.Executions(now, now.AddDate(10, 0, 0), 1) {
			w.gauge(nextRun, unixSeconds(at))
		}
	}
}

func (w writer) health(h *health.Health) {
	for _, s := range health.WorstFirst {
		w.gauge(state, boolValue(s == h.State), string(s))
	}
	w.timestamp(since, h.Since)
	w.timestamp(lastSuccess, h.LastSuccessAt)
	w.gauge(failures, float64(h.ConsecutiveFailures))
	if h.LateBySeconds != nil {
		w.gauge(lateSeconds, *h.LateBySeconds)
	}
}

func (w writer) runs(y *live.SyncSnapshot) {
	if y.Active != nil {
		w.timestamp(active, y.Active.CreatedAt)
	}
	run := y.Last
	if run == nil {
		return
	}
	w.timestamp(lastRun, run.CompletedAt)
	if took := run.DurationSeconds(); took != nil {
		w.gauge(lastRunDuration, *took)
	}
	for _, r := range []struct {
		kind string
		n    census.Count
	}{{"source", run.SourceRecordCount}, {"processed", run.RecordsProcessed}, {"updated", run.RecordsUpdated}, {"failed", run.RecordsFailed}, {"invalid", run.Invalids()}} {
		if r.n.Known {
			w.gauge(lastRecords, float64(r.n.N), r.kind)
		}
	}
	if t := stats.TypicalOf(y.Runs, len(y.Runs), run.FullSync); t != nil && t.Durations != nil {
		d := t.Durations
		w.ch <- prometheus.MustNewConstSummary(typical, uint64(d.Count), d.Mean*float64(d.Count), map[float64]float64{0.5: d.P50, 0.95: d.P95}, w.sync...)
	}
}

// alerts writes one series per rule, even if several alerts of the rule fire.
func (w writer) alerts(y *live.SyncSnapshot, now time.Time) {
	runs := slices.Clone(y.Runs)
	slices.Reverse(runs)
	fires := make(map[alerts.Rule]bool)
	for _, a := range alerts.Of(y.Record, runs, y.More, now) {
		if a.State != alerts.Unknown {
			fires[a.Rule] = fires[a.Rule] || a.State == alerts.Firing
		}
	}
	for rule, on := range fires {
		w.gauge(alert, boolValue(on), string(rule))
	}
}

func (w writer) counts(c *live.Counts) {
	for i, outcome := range live.Outcomes {
		w.counter(runsTotal, float64(c.Runs[i]), string(outcome))
	}
	w.counter(fullRunsTotal, float64(c.Full))
	w.counter(recordsTotal, float64(c.Processed), "processed")
	w.counter(recordsTotal, float64(c.Updated), "updated")
	w.counter(recordsTotal, float64(c.Failed), "failed")
	w.counter(recordsTotal, float64(c.Invalid), "invalid")
	w.ch <- prometheus.MustNewConstSummary(runDuration, uint64(c.Timed), c.TotalDuration.Seconds(), nil, w.sync...)
}

func boolValue(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unixSeconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
