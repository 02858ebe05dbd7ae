package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

// Outcomes in the order of the enum, which is the order of all answers.
var Outcomes = [...]census.SyncRunOutcome{
	census.OutcomeInProgress,
	census.OutcomeSucceeded,
	census.OutcomePartial,
	census.OutcomeFailed,
	census.OutcomeSkipped,
	census.OutcomeCanceled,
	census.OutcomeUnknown,
}

// Places in Outcomes.
const (
	inProgress = iota
	succeeded
	partial
	failed
	skipped
	canceled
	unknown
)

func placeOf(o census.SyncRunOutcome) int {
	for i, known := range Outcomes {
		if o == known {
			return i
		}
	}
	return unknown
}

// A Tally is what can be told of some runs without telling them apart. The
// zero Tally is that of no runs.
type Tally struct {
	runs      [len(Outcomes)]uint32 // dry runs included
	dry       [len(Outcomes)]uint32
	records   RecordTotals
	durations durations
}

// An OutcomeCount is how many runs ended one way.
type OutcomeCount struct {
	Outcome census.SyncRunOutcome
	Count   int
}

// A reading is a run with the values that several parts of a Digest need.
type reading struct {
	run     *census.SyncRun
	outcome int // place in Outcomes
	dry     bool
	ms      int64 // duration; meaningful if timed
	key     uint16
	timed   bool
}

func read(run *census.SyncRun) reading {
	r := reading{run: run, outcome: placeOf(run.Outcome()), dry: run.DryRun()}
	if run.CreatedAt != 0 && run.CompletedAt >= run.CreatedAt && !r.dry {
		r.timed, r.ms = true, int64(run.CompletedAt-run.CreatedAt)
		r.key = keyOf(r.ms)
	}
	return r
}

func (t *Tally) add(r *reading, exact int) {
	t.runs[r.outcome]++
	if r.dry {
		t.dry[r.outcome]++
		return
	}
	t.records.add(r.run)
	if r.timed {
		t.durations.add(r.ms, r.key, exact)
	}
}

func (t *Tally) merge(o *Tally, exact int) {
	for i := range t.runs {
		t.runs[i] += o.runs[i]
		t.dry[i] += o.dry[i]
	}
	t.records.merge(o.records)
	t.durations.merge(&o.durations, exact)
}

// TotalRuns is the number of runs, dry runs among them.
func (t *Tally) TotalRuns() int {
	n := 0
	for _, runs := range t.runs {
		n += int(runs)
	}
	return n
}

// Count is the number of runs, dry runs among them, that ended in one of some ways; of all
// of them if none are given.
func (t *Tally) Count(outcomes []census.SyncRunOutcome) int {
	if outcomes == nil {
		return t.TotalRuns()
	}
	n := 0
	for i, o := range Outcomes {
		if slices.Contains(outcomes, o) {
			n += int(t.runs[i])
		}
	}
	return n
}

// ByOutcome counts the runs by how they ended, dry runs among them: one count
// for each of Outcomes, 0 included, so that a chart has all its lines. The
// counts add up to TotalRuns.
func (t *Tally) ByOutcome() []OutcomeCount {
	counts := make([]OutcomeCount, len(Outcomes))
	for i, o := range Outcomes {
		counts[i] = OutcomeCount{o, int(t.runs[i])}
	}
	return counts
}

// SuccessRate is the share, 0 to 1, of the runs that got through among those
// that finished: SUCCEEDED and PARTIAL against these and FAILED, without dry
// runs. It is nil when none finished.
func (t *Tally) SuccessRate() *float64 { return t.rate(t.real(succeeded) + t.real(partial)) }

// CleanRate is SuccessRate with SUCCEEDED alone.
func (t *Tally) CleanRate() *float64 { return t.rate(t.real(succeeded)) }

// real is the number of runs that ended in a way, without dry runs.
func (t *Tally) real(outcome int) uint32 { return t.runs[outcome] - t.dry[outcome] }

func (t *Tally) rate(good uint32) *float64 {
	all := t.real(succeeded) + t.real(partial) + t.real(failed)
	if all == 0 {
		return nil
	}
	rate := float64(good) / float64(all)
	return &rate
}

// Records are the totals of records, without those of dry runs.
func (t *Tally) Records() RecordTotals { return t.records }

// Durations sums up how long the runs took, over those of which both ends are
// known, without dry runs; nil if no such run is known.
func (t *Tally) Durations() *DurationSummary { return t.durations.summary() }
