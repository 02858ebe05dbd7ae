package stats

import (
	"math"
	"testing"

	"census-gateway/upstream"
)

func TestDryRunsAreCountedAndNothingElse(t *testing.T) {
	run := upstream.SyncRun{
		ID: 1, Status: upstream.StatusCompleted, CreatedAt: march, CompletedAt: march + 4000,
		RecordsProcessed:  upstream.Count{N: 50, Known: true},
		SyncTriggerReason: &upstream.SyncTriggerReason{UITag: ptr("Dry Run")},
	}
	d := new(Digest)
	d.Add(&run)
	if d.TotalRuns() != 1 || d.ByOutcome()[succeeded].Count != 1 {
		t.Error("a dry run is not counted")
	}
	if d.SuccessRate() != nil || d.Durations() != nil || d.Records() != (RecordTotals{}) || d.LastSuccessAt() != 0 {
		t.Error("more is told of a dry run")
	}
	run.Status, run.ErrorCode = upstream.StatusFailed, ptr("COLUMN_NOT_FOUND")
	d.Add(&run)
	if e := d.Errors(0); len(e) != 1 || *e[0].Code != "COLUMN_NOT_FOUND" || d.SuccessRate() != nil {
		t.Errorf("a failed dry run: %+v, success rate %v", e, d.SuccessRate())
	}
}

func TestRecordTotalsStayAtTheirLimit(t *testing.T) {
	var sum RecordTotals
	most := upstream.Count{N: math.MaxInt64, Known: true}
	for range 3 {
		sum.add(&upstream.SyncRun{RecordsProcessed: most, RecordsUpdated: upstream.Count{N: -7, Known: true}, RecordsInvalid: most})
	}
	if want := (RecordTotals{Processed: math.MaxInt64, Invalid: math.MaxInt64}); sum != want {
		t.Errorf("%+v", sum)
	}
}

func TestInvalidRecordsAreTakenFromTheNewerName(t *testing.T) {
	var sum RecordTotals
	sum.add(&upstream.SyncRun{SourceRecordInvalids: upstream.Count{N: 2, Known: true}, RecordsInvalid: upstream.Count{N: 9, Known: true}})
	sum.add(&upstream.SyncRun{RecordsInvalid: upstream.Count{N: 40, Known: true}})
	if sum.Invalid != 42 {
		t.Errorf("%d invalid", sum.Invalid)
	}
}

func TestZeroDigest(t *testing.T) {
	d := new(Digest)
	d.Merge(new(Digest))
	series, err := d.Series(Day, mustZone(t, "UTC"), 0, 0)
	if d.TotalRuns() != 0 || len(d.ByOutcome()) != 7 || d.SuccessRate() != nil || d.Durations() != nil ||
		len(d.Errors(0)) != 0 || d.LastSuccessAt() != 0 || len(series) != 0 || err != nil {
		t.Error("something is told of no runs")
	}
}

// A run that was completed before it was created has no duration worth telling.
func TestDurationsBackwards(t *testing.T) {
	d := new(Digest)
	d.Add(&upstream.SyncRun{Status: upstream.StatusCompleted, CreatedAt: march, CompletedAt: march - 1})
	if d.Durations() != nil {
		t.Errorf("%+v", d.Durations())
	}
}
