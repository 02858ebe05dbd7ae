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

// most is how many syncs have series of their own: those with the lowest ids, since these
// series are the same at each scrape.
const most = 1000

// Describe names all metrics.
func (k *Keeper) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range all {
		ch <- d
	}
}

// Collect writes what the watcher knows. It leaves out unknown values.
func (k *Keeper) Collect(ch chan<- prometheus.Metric) {
	out := writer{ch, nil}
	_, calls, _ := k.Watchers.Stats()
	out.counter(callsMade, float64(calls))
	watcher, names := k.now()
	if watcher == nil {
		return
	}
	g := watcher.Snapshot()
	if g.Tried.IsZero() {
		return
	}
	out.gauge(up, truth(g.Up))
	if g.Fresh.IsZero() {
		return
	}
	out.gauge(fresh, unix(g.Fresh))
	out.gauge(cycle, g.Cycle.Seconds())
	of := make(map[health.State]int)
	for i := range g.Syncs {
		if h := g.Syncs[i].Health; h != nil {
			of[h.State]++
		}
	}
	for _, s := range health.WorstFirst {
		out.gauge(syncs, float64(of[s]), string(s))
	}
	slices.SortFunc(g.Syncs, func(a, b live.SyncSnapshot) int { return cmp.Compare(a.Record.ID, b.Record.ID) })
	shown := g.Syncs[:min(len(g.Syncs), most)]
	out.gauge(leftOut, float64(len(g.Syncs)-len(shown)))
	now := time.Now()
	for i := range shown {
		y := &shown[i]
		out.sync = []string{strconv.FormatInt(int64(y.Record.ID), 10)}
		out.gauge(info, 1, names.of(y.Record)...)
		out.record(y.Record, now)
		if y.Read {
			out.gauge(read, truth(!y.Failed))
		}
		if y.Health != nil {
			out.health(y.Health)
			out.runs(y)
			out.alerts(y, now)
			out.counts(&y.Counts)
		}
	}
}

// A writer writes metrics, those of a sync with its id as the first label.
type writer struct {
	ch   chan<- prometheus.Metric
	sync []string // nil: of the workspace
}

func (w writer) labels(values []string) []string { return append(slices.Clip(w.sync), values...) }

func (w writer) gauge(d *prometheus.Desc, v float64, labels ...string) {
	w.ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, w.labels(labels)...)
}

func (w writer) counter(d *prometheus.Desc, v float64, labels ...string) {
	w.ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, w.labels(labels)...)
}

// moment writes a time; 0 is none.
func (w writer) moment(d *prometheus.Desc, t census.DateTime) {
	if t != 0 {
		w.gauge(d, float64(t)/1000)
	}
}

func (w writer) record(y *census.Sync, now time.Time) {
	w.gauge(paused, truth(y.Paused))
	if schedule, err := health.ParseSchedule(y.Schedule); err == nil && !y.Paused {
		for _, at := range schedule.Executions(now, now.AddDate(10, 0, 0), 1) {
			w.gauge(nextRun, unix(at))
		}
	}
}

func (w writer) health(h *health.Health) {
	for _, s := range health.WorstFirst {
		w.gauge(state, truth(s == h.State), string(s))
	}
	w.moment(since, h.Since)
	w.moment(lastSuccess, h.LastSuccessAt)
	w.gauge(failures, float64(h.ConsecutiveFailures))
	if h.LateBySeconds != nil {
		w.gauge(late, *h.LateBySeconds)
	}
}

func (w writer) runs(y *live.SyncSnapshot) {
	if y.Active != nil {
		w.moment(active, y.Active.CreatedAt)
	}
	run := y.Last
	if run == nil {
		return
	}
	w.moment(lastRun, run.CompletedAt)
	if took := run.DurationSeconds(); took != nil {
		w.gauge(lastTook, *took)
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

// alerts writes one series for each rule, whether or not several of its alerts fire.
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
		w.gauge(alert, truth(on), string(rule))
	}
}

func (w writer) counts(c *live.Counts) {
	for i, outcome := range live.Outcomes {
		w.counter(ended, float64(c.Runs[i]), string(outcome))
	}
	w.counter(full, float64(c.Full))
	w.counter(records, float64(c.Processed), "processed")
	w.counter(records, float64(c.Updated), "updated")
	w.counter(records, float64(c.Failed), "failed")
	w.counter(records, float64(c.Invalid), "invalid")
	w.ch <- prometheus.MustNewConstSummary(took, uint64(c.Timed), c.TotalDuration.Seconds(), nil, w.sync...)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unix(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
