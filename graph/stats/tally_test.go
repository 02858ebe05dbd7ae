package stats

import (
	"math"
	"testing"

	"census-gateway/upstream/census"
)

func TestDryRunsOnlyCount(t *testing.T) {
	run := census.SyncRun{
		ID: 1, Status: census.StatusCompleted, CreatedAt: march, CompletedAt: march + 4000,
		RecordsProcessed:  census.Count{N: 50, Known: true},
		SyncTriggerReason: &census.SyncTriggerReason{UITag: ptr("Dry Run")},
	}
	d := new(Digest)
	d.Add(&run)
	if d.TotalRuns() != 1 || d.ByOutcome()[succeeded].Count != 1 {
		t.Error("a dry run is not counted")
	}
	if d.SuccessRate() != nil || d.Durations() != nil || d.Records() != (RecordTotals{}) || d.LastSuccessAt() != 0 {
		t.Error("a dry run has records, a duration or a rate")
	}
	run.Status, run.ErrorCode = census.StatusFailed, ptr("COLUMN_NOT_FOUND")
	d.Add(&run)
	if e := d.Errors(0); len(e) != 1 || *e[0].Code != "COLUMN_NOT_FOUND" || d.SuccessRate() != nil {
		t.Errorf("a failed dry run: %+v, success rate %v", e, d.SuccessRate())
	}
}

func TestRecordTotalsStayAtTheirLimit(t *testing.T) {
	var sum RecordTotals
	most := census.Count{N: math.MaxInt64, Known: true}
	for range 3 {
		sum.add(&census.SyncRun{RecordsProcessed: most, RecordsUpdated: census.Count{N: -7, Known: true}, RecordsInvalid: most})
	}
	if want := (RecordTotals{Processed: math.MaxInt64, Invalid: math.MaxInt64}); sum != want {
		t.Errorf("%+v", sum)
	}
}

func TestInvalidRecordsAreTakenFromTheNewerName(t *testing.T) {
	var sum RecordTotals
	sum.add(&census.SyncRun{SourceRecordInvalids: census.Count{N: 2, Known: true}, RecordsInvalid: census.Count{N: 9, Known: true}})
	sum.add(&census.SyncRun{RecordsInvalid: census.Count{N: 40, Known: true}})
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
		t.Error("the zero Digest has values")
	}
}

// A run completed before its creation has no duration.
func TestDurationsBackwards(t *testing.T) {
	d := new(Digest)
	d.Add(&census.SyncRun{Status: census.StatusCompleted, CreatedAt: march, CompletedAt: march - 1})
	if d.Durations() != nil {
		t.Errorf("%+v", d.Durations())
	}
}
