package proof

import (
	"fmt"
	"math"
	"slices"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// The tests in this file check what a sync is doing, its next runs, and what is typical for it.

type averages struct{ Source, Processed, Updated, Failed, Invalid *float64 }

type activity struct {
	ID         string
	ActiveRun  *struct{ ID string }
	NextRunAt  *time.Time
	Triggers   []string
	TypicalRun *struct {
		Runs            int
		DurationSeconds *summary
		Records         averages
	}
	Schedule struct{ Executions []time.Time }
	Runs     struct {
		Nodes []struct {
			ID                      string
			ExpectedDurationSeconds *float64
			ExpectedCompletedAt     *time.Time
		}
	}
}

// askTypical queries these fields of some syncs.
func (w *world) askTypical() {
	t := w.T
	syncs, names := w.someSyncs()
	last, full := rapid.SampledFrom([]int{3, 5, 20, 25, 40, 100}).Draw(t, "last"), rapid.IntRange(0, 3).Draw(t, "full") == 0
	first := rapid.SampledFrom([]int{0, 1, 3, 20}).Draw(t, "executions")
	after := now.Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, "after")) * time.Minute)
	before := after.Add(time.Duration(rapid.IntRange(1, 3000).Draw(t, "length")) * time.Minute)
	order := rapid.SampledFrom([]string{"", ", orderBy: {field: HEALTH}"}).Draw(t, "order")
	var data struct{ Syncs struct{ Nodes []activity } }
	w.ask(fmt.Sprintf("{ syncs(ids: %s, first: 100%s) { nodes { id activeRun { id } nextRunAt triggers typicalRun(last: %d, fullSync: %t) { runs durationSeconds { count min max mean p50 p95 p99 } records { source processed updated failed invalid } }"+
		" schedule { executions(after: %q, before: %q, first: %d) } runs(first: 40) { nodes { id expectedDurationSeconds expectedCompletedAt } } } } }",
		names, order, last, full, after.Format(time.RFC3339Nano), before.Format(time.RFC3339Nano), first), &data)
	if len(data.Syncs.Nodes) != len(syncs) {
		w.Fatalf("%d of %d syncs", len(data.Syncs.Nodes), len(syncs))
	}
	for _, got := range data.Syncs.Nodes {
		s := syncs[slices.IndexFunc(syncs, func(s sim.Sync) bool { return fmt.Sprintf("Sync:%d", s.ID) == got.ID })]
		newest := slices.Clone(w.census.Runs(s.ID))
		slices.Reverse(newest)
		w.checkActivity(s, newest, got, last, full)
		var want []time.Time
		for at := after.Truncate(time.Minute); hasTimetable(s) && at.Before(before) && len(want) < first; at = at.Add(time.Minute) {
			if at.After(after) && isDue(s, at) {
				want = append(want, at)
			}
		}
		if !slices.EqualFunc(got.Schedule.Executions, want, time.Time.Equal) {
			w.Fatalf("%s: executions %v, want %v", got.ID, got.Schedule.Executions, want)
		}
	}
}

// hasTimetable reports whether the clock alone determines when s runs.
func hasTimetable(s sim.Sync) bool {
	return isReadable(s) && s.Frequency != "never" && s.Frequency != "continuous"
}

func (w *world) checkActivity(s sim.Sync, newest []sim.Run, got activity, last int, full bool) {
	active := ""
	if r := activeOf(w.census.Runs(s.ID)); r != nil {
		active = fmt.Sprintf("SyncRun:%d", r.ID)
	}
	if (got.ActiveRun == nil) != (active == "") || got.ActiveRun != nil && got.ActiveRun.ID != active {
		w.Fatalf("%s: active %v, want %q", got.ID, got.ActiveRun, active)
	}
	next := now
	if !s.Paused && hasTimetable(s) {
		for next = next.Truncate(time.Minute).Add(time.Minute); !isDue(s, next); next = next.Add(time.Minute) {
		}
	}
	if (got.NextRunAt == nil) != next.Equal(now) || got.NextRunAt != nil && !got.NextRunAt.Equal(next) {
		w.Fatalf("%s: next %v, want %v", got.ID, got.NextRunAt, next)
	}
	triggers := []string{"schedule"}
	if s.Frequency == "never" || s.Frequency == "" && s.Day == "" {
		triggers = nil
	}
	if s.RawSchedule && s.Frequency == "" {
		triggers = []string{"schedule"} // Census sends an hour
	}
	if s.Triggers != "" {
		triggers = append(triggers, "dbt_cloud")
	}
	if !slices.Equal(got.Triggers, triggers) {
		w.Fatalf("%s: triggers %q, want %q", got.ID, got.Triggers, triggers)
	}
	w.checkTypical(got, finishedOfKind(newest[:min(len(newest), max(25, last))], full), last)
	for _, n := range got.Runs.Nodes {
		i := slices.IndexFunc(newest, func(r sim.Run) bool { return fmt.Sprintf("SyncRun:%d", r.ID) == n.ID })
		var took []float64
		for _, r := range finishedOfKind(newest[min(len(newest), 25, i+1):min(len(newest), 25)], newest[i].FullSync) {
			if s := secondsOf(r); s >= 0 && len(took) < 20 {
				took = append(took, s)
			}
		}
		var want *float64
		if len(took) >= 3 {
			slices.Sort(took)
			want = &took[(len(took)+1)/2-1]
		}
		var end *time.Time
		if want != nil && outcomeOf(newest[i]) == "IN_PROGRESS" {
			at := newest[i].CreatedAt.Truncate(time.Millisecond).Add(time.Duration(math.Round(*want*1000)) * time.Millisecond)
			end = &at
		}
		if !equalFloats(n.ExpectedDurationSeconds, want) || (end == nil) != (n.ExpectedCompletedAt == nil) || end != nil && !end.Equal(*n.ExpectedCompletedAt) {
			w.Fatalf("%s, %s: expected %v until %v, want %v until %v", got.ID, n.ID, n.ExpectedDurationSeconds, n.ExpectedCompletedAt, want, end)
		}
	}
}

// activeOf returns the newest run in progress among the newest 25 runs of a sync. It ignores runs
// before an executed, ended run.
func activeOf(runs []sim.Run) *sim.Run {
	for i := len(runs) - 1; i >= max(0, len(runs)-25); i-- {
		r := runs[i]
		if outcomeOf(r) == "IN_PROGRESS" {
			return &r
		}
		if (statusOf(r) == "COMPLETED" || statusOf(r) == "FAILED") && !isDry(r) {
			break
		}
	}
	return nil
}

// finishedOfKind returns the finished runs that are full syncs, or those that are not.
func finishedOfKind(runs []sim.Run, full bool) (finishedRuns []sim.Run) {
	for _, r := range runs {
		if r.FullSync == full && finished(r) && !isDry(r) {
			finishedRuns = append(finishedRuns, r)
		}
	}
	return finishedRuns
}

// secondsOf returns the duration of a run; negative if unknown.
func secondsOf(r sim.Run) float64 {
	if r.CompletedAt.IsZero() {
		return -1
	}
	return float64(r.CompletedAt.Truncate(time.Millisecond).Sub(r.CreatedAt.Truncate(time.Millisecond)).Milliseconds()) / 1000
}

func (w *world) checkTypical(got activity, finishedRuns []sim.Run, last int) {
	finishedRuns = finishedRuns[:min(len(finishedRuns), last)]
	if (got.TypicalRun == nil) != (len(finishedRuns) < 3) {
		w.Fatalf("%s: typical %+v of %d", got.ID, got.TypicalRun, len(finishedRuns))
	}
	if got.TypicalRun == nil {
		return
	}
	var took []float64
	for _, r := range finishedRuns {
		if s := secondsOf(r); s >= 0 {
			took = append(took, s)
		}
	}
	if got.TypicalRun.Runs != len(finishedRuns) {
		w.Fatalf("%s: typical of %d, want %d", got.ID, got.TypicalRun.Runs, len(finishedRuns))
	}
	w.checkDurations(got.ID, got.TypicalRun.DurationSeconds, took)
	average := func(of func(sim.Counts) int64) *float64 {
		n, sum := 0, 0.0
		for _, r := range finishedRuns {
			if c := of(r.Counts); c >= 0 {
				n, sum = n+1, sum+float64(c)
			}
		}
		if n == 0 {
			return nil
		}
		sum /= float64(n)
		return &sum
	}
	for _, pair := range [][2]*float64{
		{got.TypicalRun.Records.Source, average(func(c sim.Counts) int64 { return c.Source })},
		{got.TypicalRun.Records.Processed, average(func(c sim.Counts) int64 { return c.Processed })},
		{got.TypicalRun.Records.Updated, average(func(c sim.Counts) int64 { return c.Updated })},
		{got.TypicalRun.Records.Failed, average(func(c sim.Counts) int64 { return c.Failed })},
		{got.TypicalRun.Records.Invalid, average(func(c sim.Counts) int64 { return c.Invalids })},
	} {
		if !equalFloats(pair[0], pair[1]) {
			w.Fatalf("%s: averages %+v", got.ID, got.TypicalRun.Records)
		}
	}
}

func equalFloats(a, b *float64) bool {
	return (a == nil) == (b == nil) && (a == nil || math.Abs(*a-*b) <= 1e-9*math.Abs(*b))
}
