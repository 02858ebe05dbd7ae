package stats

import (
	"slices"

	"census-gateway/upstream/census"
)

const (
	// fewestTypical is how many runs tell what is usual.
	fewestTypical = 3
	// expectedBy is by how many runs at most it is told how long another will take.
	expectedBy = 20
)

// A Typical is what is usual for runs of one kind: full syncs, or all others.
type Typical struct {
	Runs      int
	Durations *DurationSummary // nil: no run has both ends
	Records   RecordAverages
}

// RecordAverages are of those runs for which Census gives the number; nil: of none.
type RecordAverages struct{ Source, Processed, Updated, Failed, Invalid *float64 }

// TypicalOf sums up the newest finished runs of a kind, at most last of them, of runs that
// stand oldest first; nil if there are fewer than 3.
func TypicalOf(runs []census.SyncRun, last int, full bool) *Typical {
	t := Typical{}
	var took durations
	var source, processed, updated, failed, invalid average
	for i := len(runs) - 1; i >= 0 && t.Runs < last; i-- {
		run := &runs[i]
		if !finishedOf(run, full) {
			continue
		}
		t.Runs++
		if r := read(run); r.timed {
			took.add(r.ms, r.key, exactRuns)
		}
		source.add(run.SourceRecordCount)
		processed.add(run.RecordsProcessed)
		updated.add(run.RecordsUpdated)
		failed.add(run.RecordsFailed)
		invalid.add(run.Invalids())
	}
	if t.Runs < fewestTypical {
		return nil
	}
	t.Durations = took.summary()
	t.Records = RecordAverages{source.value(), processed.value(), updated.value(), failed.value(), invalid.value()}
	return &t
}

// Expected is how many seconds a run may be expected to take by the finished runs of its
// kind that stand before it among runs, oldest first: the median of the newest 20 of which
// both ends are known; nil with fewer than 3.
func Expected(run *census.SyncRun, runs []census.SyncRun) *float64 {
	took := make([]int64, 0, expectedBy)
	for i := len(runs) - 1; i >= 0 && len(took) < expectedBy; i-- {
		if other := &runs[i]; compare(other, run) < 0 && finishedOf(other, run.FullSync) {
			if r := read(other); r.timed {
				took = append(took, r.ms)
			}
		}
	}
	if len(took) < fewestTypical {
		return nil
	}
	slices.Sort(took)
	median := seconds(took[rank(50, int64(len(took)))-1])
	return &median
}

// finishedOf tells whether r is a finished run of a kind. Dry runs are of none.
func finishedOf(r *census.SyncRun, full bool) bool {
	if r.FullSync != full || r.DryRun() {
		return false
	}
	switch r.Outcome() {
	case census.OutcomeSucceeded, census.OutcomePartial, census.OutcomeFailed:
		return true
	}
	return false
}

// An average is of numbers of records.
type average struct{ n, sum int64 }

func (a *average) add(c census.Count) {
	if c.Known {
		a.n, a.sum = a.n+1, saturate(a.sum, max(c.N, 0))
	}
}

func (a *average) value() *float64 {
	if a.n == 0 {
		return nil
	}
	mean := float64(a.sum) / float64(a.n)
	return &mean
}
