package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

const (
	// minTypical is the minimum number of runs for typical values.
	minTypical = 3
	// maxExpected is the maximum number of runs from which a duration is predicted.
	maxExpected = 20
)

// A Typical holds typical values of the runs of one kind: full syncs, or all others.
type Typical struct {
	Runs      int
	Durations *DurationSummary // nil if no run has both ends
	Records   RecordAverages
}

// RecordAverages are averages over the runs for which Census gives the number. A number is nil
// without such runs.
type RecordAverages struct{ Source, Processed, Updated, Failed, Invalid *float64 }

// TypicalOf summarizes the newest finished runs of a kind, at most last of them. runs must be
// oldest first. It returns nil for fewer than 3 runs.
func TypicalOf(runs []census.SyncRun, last int, full bool) *Typical {
	t := Typical{}
	var took durations
	var source, processed, updated, failed, invalid average
	for i := len(runs) - 1; i >= 0 && t.Runs < last; i-- {
		run := &runs[i]
		if !isFinished(run, full) {
			continue
		}
		t.Runs++
		if r := valuesOf(run); r.timed {
			took.add(r.ms, r.key, exactRuns)
		}
		source.add(run.SourceRecordCount)
		processed.add(run.RecordsProcessed)
		updated.add(run.RecordsUpdated)
		failed.add(run.RecordsFailed)
		invalid.add(run.Invalids())
	}
	if t.Runs < minTypical {
		return nil
	}
	t.Durations = took.summary()
	t.Records = RecordAverages{source.value(), processed.value(), updated.value(), failed.value(), invalid.value()}
	return &t
}

// Expected returns the expected duration of run in seconds. It is the median of the newest 20
// finished runs of its kind that precede it in runs and have both ends. runs must be oldest
// first. It returns nil for fewer than 3 such runs.
func Expected(run *census.SyncRun, runs []census.SyncRun) *float64 {
	took := make([]int64, 0, maxExpected)
	for i := len(runs) - 1; i >= 0 && len(took) < maxExpected; i-- {
		if other := &runs[i]; compareRuns(other, run) < 0 && isFinished(other, run.FullSync) {
			if r := valuesOf(other); r.timed {
				took = append(took, r.ms)
			}
		}
	}
	if len(took) < minTypical {
		return nil
	}
	slices.Sort(took)
	median := seconds(took[rank(50, int64(len(took)))-1])
	return &median
}

// isFinished reports whether r is a finished run of a kind. Dry runs are of no kind.
func isFinished(r *census.SyncRun, full bool) bool {
	if r.FullSync != full || r.DryRun() {
		return false
	}
	switch r.Outcome() {
	case census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed:
		return true
	}
	return false
}

// An average is the mean of numbers of records.
type average struct{ n, sum int64 }

func (a *average) add(c census.Count) {
	if c.Known {
		a.n, a.sum = a.n+1, addSaturated(a.sum, max(c.N, 0))
	}
}

func (a *average) value() *float64 {
	if a.n == 0 {
		return nil
	}
	mean := float64(a.sum) / float64(a.n)
	return &mean
}
