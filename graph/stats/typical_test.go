package stats

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"census-gateway/upstream/census"
)

// finishedRun returns a finished run that began n minutes before march and took the given seconds.
func finishedRun(n, seconds int, change ...func(*census.SyncRun)) census.SyncRun {
	r := census.SyncRun{ID: census.SyncRunID(1000 - n), SyncID: 52, CreatedAt: march - census.DateTime(n)*60_000, Status: census.StatusCompleted, RawStatus: "completed"}
	r.CompletedAt = r.CreatedAt + census.DateTime(seconds)*1000
	for _, c := range change {
		c(&r)
	}
	return r
}

func TestTypical(t *testing.T) {
	full := func(r *census.SyncRun) { r.FullSync = true }
	dry := func(r *census.SyncRun) { r.SyncTriggerReason = &census.SyncTriggerReason{UITag: ptr("Dry Run")} }
	status := func(s census.SyncRunStatus) func(*census.SyncRun) {
		return func(r *census.SyncRun) { r.Status, r.RawStatus = s, string(s) }
	}
	open := func(r *census.SyncRun) { r.CompletedAt = 0 }
	counts := func(n int64) func(*census.SyncRun) {
		return func(r *census.SyncRun) {
			c := census.Count{N: n, Known: true}
			r.SourceRecordCount, r.RecordsProcessed, r.RecordsUpdated, r.RecordsFailed, r.RecordsInvalid = c, c, c, c, c
		}
	}
	runs := []census.SyncRun{
		finishedRun(90, 1000), finishedRun(80, 10), finishedRun(75, 500, full), finishedRun(70, 20, counts(10)), finishedRun(60, 40, status(census.StatusFailed), counts(20)),
		finishedRun(50, 3, status(census.StatusSkipped)), finishedRun(40, 4, dry), finishedRun(30, 80, open), finishedRun(0, 0, open, status(census.StatusWorking)),
	}
	ten, fifteen := 15.0, 15.0
	want := &Typical{Runs: 4, Durations: &DurationSummary{Count: 3, Min: 10, Max: 40, Mean: 70.0 / 3, P50: 20, P95: 40, P99: 40},
		Records: RecordAverages{&ten, &fifteen, &fifteen, &fifteen, &fifteen}}
	if diff := cmp.Diff(want, TypicalOf(runs, 4, false)); diff != "" {
		t.Error(diff)
	}
	if got := TypicalOf(runs, 20, false); got.Runs != 5 || got.Durations.Max != 1000 {
		t.Errorf("%+v", got)
	}
	if got := TypicalOf(runs, 20, true); got != nil {
		t.Errorf("typical values of one full sync: %+v", got)
	}
	for i, want := range []any{nil, nil, nil, nil, 20.0, 20.0, 20.0, 20.0, 20.0} { // of 1000 and 10, then 1000, 10 and 20, then 1000, 10, 20 and 40
		switch got := Expected(&runs[i], runs); {
		case got == nil && want != nil, got != nil && *got != want:
			t.Errorf("run %d: %v, want %v", i, got, want)
		}
	}
}

// Expected uses the last 20 of more runs.
func TestExpectedByTheLast(t *testing.T) {
	var runs []census.SyncRun
	for i := range 30 {
		runs = append(runs, finishedRun(100-i, i))
	}
	next := finishedRun(0, 0)
	if got := Expected(&next, runs); *got != 19 { // the tenth of 10 to 29
		t.Errorf("%v", *got)
	}
}
