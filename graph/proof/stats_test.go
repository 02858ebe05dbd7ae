package proof

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// A tally is the part that statistics and buckets of series have in common.
type tally struct {
	TotalRuns int
	ByOutcome []struct {
		Outcome string
		Count   int
	}
	Records         struct{ Processed, Updated, Failed, Invalid int64 }
	DurationSeconds *summary
	Failures        *int // an alias, in statistics and series
}

// A summary is a DurationSummary.
type summary struct {
	Count                         int
	Min, Max, Mean, P50, P95, P99 float64
}

const tallyFields = "totalRuns byOutcome { outcome count } records { processed updated failed invalid } durationSeconds { count min max mean p50 p95 p99 }"

// A statistic is a SyncRunStats in an answer.
type statistic struct {
	tally
	SuccessRate *float64
	CleanRate   *float64
	Groups      []group
	Errors      []struct {
		Key                     string
		Code, Template          *string
		Count, SyncCount        int
		FirstSeenAt, LastSeenAt time.Time
		LatestRun               struct {
			ID           string
			ErrorMessage *string
		}
	}
	LastSuccessAt *time.Time
	Truncated     bool
	Series        []bucket
	Other         []bucket
}

// askStats queries two statistics of one sync, with aliases.
func (w *world) askStats() {
	syncs := w.census.Syncs()
	if len(syncs) == 0 {
		return
	}
	id := rapid.SampledFrom(syncs).Draw(w.T, "sync").ID
	f, g := w.drawFilter(), w.drawFilter()
	if rapid.Bool().Draw(w.T, "same runs") {
		g.since, g.before, g = f.since, f.before, f
	}
	s, u := w.drawSeries(f), w.drawSeries(g)
	sync := []sim.Sync{syncs[slices.IndexFunc(syncs, func(s sim.Sync) bool { return s.ID == id })]}
	var data struct{ Sync struct{ A, B statistic } }
	w.ask(fmt.Sprintf("{ sync(id: %d) { health { state } a: runStats(filter: %s) %s b: runStats(filter: %s) %s } }", id, f.text, s.fields(), g.text, u.fields()), &data)
	w.checkStatistic(data.Sync.A, sync, f.of(w.census.Runs(id)), f, s)
	w.checkStatistic(data.Sync.B, sync, g.of(w.census.Runs(id)), g, u)
}

// askAllStats queries the statistics of several syncs together.
func (w *world) askAllStats() {
	syncs, names := w.someSyncs()
	f := w.drawFilter()
	s := w.drawSeries(f)
	var runs []sim.Run
	for _, s := range syncs {
		runs = append(runs, f.of(w.census.Runs(s.ID))...)
	}
	var data struct{ SyncRunStats statistic }
	w.ask(fmt.Sprintf("{ syncRunStats(syncIds: %s, filter: %s) %s }", names, f.text, s.fields()), &data)
	w.checkStatistic(data.SyncRunStats, syncs, runs, f, s)
}

func (w *world) checkStatistic(got statistic, syncs []sim.Sync, runs []sim.Run, f filter, s seriesQuery) {
	if got.Truncated {
		w.Fatalf("%s: truncated", f.text)
	}
	w.checkTally(f.text, got.tally, runs)
	w.checkRates(f.text, got.SuccessRate, got.CleanRate, got.LastSuccessAt, runs)
	w.checkGroups(f.text, s.groups, got.Groups, syncs, runs)
	groups := map[string][]sim.Run{}
	for _, r := range runs {
		if kind := kindOf(r); kind != "" {
			groups[kind] = append(groups[kind], r)
		}
	}
	want := slices.SortedFunc(maps.Values(groups), func(a, b []sim.Run) int {
		return cmp.Or(len(b)-len(a), byCreation(slices.MaxFunc(b, byCreation), slices.MaxFunc(a, byCreation)))
	})
	if len(got.Errors) != len(want) {
		w.Fatalf("%s: %d kinds of errors, want %d", f.text, len(got.Errors), len(want))
	}
	for i, runs := range want {
		g, latest := got.Errors[i], slices.MaxFunc(runs, byCreation)
		code, message := "", ""
		if g.Code != nil {
			code = *g.Code
		}
		if g.LatestRun.ErrorMessage != nil {
			message = *g.LatestRun.ErrorMessage
		}
		if g.Count != len(runs) || g.LatestRun.ID != fmt.Sprintf("SyncRun:%d", latest.ID) || !g.LastSeenAt.Equal(latest.CreatedAt) || code != latest.ErrorCode || message != latest.ErrorMessage {
			w.Fatalf("%s: group %d is %+v, want %d of which %+v is the latest", f.text, i, g, len(runs), latest)
		}
		of := map[int64]bool{}
		for _, r := range runs {
			of[r.SyncID] = true
		}
		if first := slices.MinFunc(runs, byCreation); !g.FirstSeenAt.Equal(first.CreatedAt) || g.SyncCount != len(of) {
			w.Fatalf("%s: group %d began at %s in %d syncs, want %s and %d", f.text, i, g.FirstSeenAt, g.SyncCount, first.CreatedAt, len(of))
		}
		if want := map[string]string{"it broke": "it broke", "it fell": "it …"}[message]; text(g.Template) != want || (g.Template == nil) != (message == "") {
			w.Fatalf("%s: group %d has the template %q, want %q", f.text, i, text(g.Template), want)
		}
		kind := kindOf(latest)
		for other, key := range w.keys {
			if (key == g.Key) != (other == kind) {
				w.Fatalf("%q has the key %q, and %q has %q", kind, g.Key, other, key)
			}
		}
		w.keys[kind] = g.Key
	}
	w.checkSeries(f, s.unit, s.zone, got.Series, runs)
	if s.alsoWeeks {
		w.checkSeries(f, "WEEK", "UTC", got.Other, runs)
	}
}

// checkTally checks totals against the runs.
func (w *world) checkTally(of string, got tally, runs []sim.Run) {
	outcomes := map[string]int{"IN_PROGRESS": 0, "SUCCEEDED": 0, "PARTIAL": 0, "FAILED": 0, "SKIPPED": 0, "CANCELED": 0, "UNKNOWN": 0}
	want := tally{}
	var seconds []float64
	for _, r := range runs {
		outcomes[outcomeOf(r)]++
		if isDry(r) {
			continue
		}
		want.Records.Processed += max(r.Counts.Processed, 0)
		want.Records.Updated += max(r.Counts.Updated, 0)
		want.Records.Failed += max(r.Counts.Failed, 0)
		want.Records.Invalid += max(r.Counts.Invalids, 0)
		if !r.CompletedAt.IsZero() {
			seconds = append(seconds, float64(r.CompletedAt.Sub(r.CreatedAt).Milliseconds())/1000)
		}
	}
	if got.TotalRuns != len(runs) || got.Records != want.Records || len(got.ByOutcome) != len(outcomes) {
		w.Fatalf("%s: %d runs of %+v records, want %d of %+v", of, got.TotalRuns, got.Records, len(runs), want.Records)
	}
	if got.Failures != nil && *got.Failures != outcomes["FAILED"]+outcomes["SKIPPED"] {
		w.Fatalf("%s: %d failed or were skipped, want %d and %d", of, *got.Failures, outcomes["FAILED"], outcomes["SKIPPED"])
	}
	for _, c := range got.ByOutcome {
		if n, ok := outcomes[c.Outcome]; !ok || n != c.Count {
			w.Fatalf("%s: %d %s, want %d", of, c.Count, c.Outcome, n)
		}
	}
	w.checkDurations(of, got.DurationSeconds, seconds)
}

// checkDurations checks a summary of durations against the durations.
func (w *world) checkDurations(of string, d *summary, seconds []float64) {
	if (d == nil) != (len(seconds) == 0) {
		w.Fatalf("%s: durations %+v of %v", of, d, seconds)
	}
	if d == nil {
		return
	}
	slices.Sort(seconds)
	n, sum := len(seconds), 0.0
	for _, s := range seconds {
		sum += s
	}
	nearest := func(percent int) float64 { return seconds[(percent*n+99)/100-1] }
	share := 0.0 // allowed relative error of a quantile
	if n > 64 {
		share = 0.01
	}
	near := func(got, want, share float64) bool { return math.Abs(got-want) <= share*want+1e-6 }
	if d.Count != n || !near(d.Min, seconds[0], 0) || !near(d.Max, seconds[n-1], 0) || !near(d.Mean, sum/float64(n), 1e-9) ||
		!near(d.P50, nearest(50), share) || !near(d.P95, nearest(95), share) || !near(d.P99, nearest(99), share) {
		w.Fatalf("%s: durations %+v of %v", of, *d, seconds)
	}
}
