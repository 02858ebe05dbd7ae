package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

// Outcomes lists the outcomes in the order of the enum and of all answers.
var Outcomes = [...]census.SyncRunOutcome{
	census.OutcomeInProgress,
	census.OutcomeSucceeded,
	census.OutcomePartial,
	census.OutcomeFailed,
	census.OutcomeSkipped,
	census.OutcomeCanceled,
	census.OutcomeUnknown,
}

// Indexes in Outcomes.
const (
	inProgress = iota
	succeeded
	partial
	failed
	skipped
	canceled
	unknown
)

func outcomeIndex(o census.SyncRunOutcome) int {
	for i, known := range Outcomes {
		if o == known {
			return i
		}
	}
	return unknown
}

// A Tally summarizes runs without storing them. The zero Tally has no runs.
type Tally struct {
	runs      [len(Outcomes)]uint32 // dry runs included
	dry       [len(Outcomes)]uint32
	records   RecordTotals
	durations durations
}

// An OutcomeCount is the number of runs with one outcome.
type OutcomeCount struct {
	Outcome census.SyncRunOutcome
	Count   int
}

// A runValues holds a run with the values that several parts of a Digest need.
type runValues struct {
	run     *census.SyncRun
	outcome int // index in Outcomes
	dry     bool
	ms      int64 // duration; valid only if timed
	key     uint16
	timed   bool
}

func valuesOf(run *census.SyncRun) runValues {
	r := runValues{run: run, outcome: outcomeIndex(run.Outcome()), dry: run.DryRun()}
	if run.CreatedAt != 0 && run.CompletedAt >= run.CreatedAt && !r.dry {
		r.timed, r.ms = true, int64(run.CompletedAt-run.CreatedAt)
		r.key = keyOf(r.ms)
	}
	return r
}

func (t *Tally) add(r *runValues, exact int) {
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

// TotalRuns returns the number of runs, dry runs included.
func (t *Tally) TotalRuns() int {
	n := 0
	for _, runs := range t.runs {
		n += int(runs)
	}
	return n
}

// Count returns the number of runs, dry runs included, with one of the given outcomes. It returns
// the number of all runs if outcomes is nil.
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

// ByOutcome returns the number of runs, dry runs included, for each of Outcomes. It includes
// zeros, so that a chart has all its lines. The counts add up to TotalRuns.
func (t *Tally) ByOutcome() []OutcomeCount {
	counts := make([]OutcomeCount, len(Outcomes))
	for i, o := range Outcomes {
		counts[i] = OutcomeCount{o, int(t.runs[i])}
	}
	return counts
}

// SuccessRate returns the share, 0 to 1, of SUCCEEDED and PARTIAL runs among the SUCCEEDED,
// PARTIAL and FAILED ones, without dry runs. It returns nil without such runs.
func (t *Tally) SuccessRate() *float64 {
	return t.shareOf(t.withoutDry(succeeded) + t.withoutDry(partial))
}

// CleanRate is SuccessRate with SUCCEEDED runs alone.
func (t *Tally) CleanRate() *float64 { return t.shareOf(t.withoutDry(succeeded)) }

// withoutDry returns the number of runs with an outcome, without dry runs.
func (t *Tally) withoutDry(outcome int) uint32 { return t.runs[outcome] - t.dry[outcome] }

func (t *Tally) shareOf(good uint32) *float64 {
	all := t.withoutDry(succeeded) + t.withoutDry(partial) + t.withoutDry(failed)
	if all == 0 {
		return nil
	}
	rate := float64(good) / float64(all)
	return &rate
}

// Records returns the totals of records, without dry runs.
func (t *Tally) Records() RecordTotals { return t.records }

// Durations returns the summary of the durations of runs that have both ends, without dry runs.
// It returns nil if there are no such runs.
func (t *Tally) Durations() *DurationSummary { return t.durations.summary() }
