package census

import "strings"

// A SyncRunOutcome is how a run ended, judged by all its fields. Census's own status calls a
// run completed even if it was canceled or lost records.
type SyncRunOutcome string

const (
	OutcomeInProgress SyncRunOutcome = "IN_PROGRESS"
	OutcomeSucceeded  SyncRunOutcome = "SUCCEEDED"
	OutcomePartial    SyncRunOutcome = "PARTIAL" // completed, with rejected or invalid records
	OutcomeFailed     SyncRunOutcome = "FAILED"
	OutcomeSkipped    SyncRunOutcome = "SKIPPED"
	OutcomeCanceled   SyncRunOutcome = "CANCELED"
	OutcomeUnknown    SyncRunOutcome = "UNKNOWN"
)

// Outcome classifies the run. Canceled takes precedence over the status: in Census's own
// samples, canceled runs are completed.
func (r *SyncRun) Outcome() SyncRunOutcome {
	switch raw := strings.ToLower(r.RawStatus); {
	case r.Canceled, raw == "canceled", raw == "cancelled":
		return OutcomeCanceled
	}
	switch r.Status {
	case StatusCompleted:
		if r.RecordsFailed.N > 0 || r.SourceRecordInvalids.N > 0 || r.RecordsInvalid.N > 0 {
			return OutcomePartial
		}
		return OutcomeSucceeded
	case StatusFailed:
		return OutcomeFailed
	case StatusSkipped:
		return OutcomeSkipped
	case StatusQueued, StatusWorking:
		if r.CompletedAt == 0 {
			return OutcomeInProgress
		}
	}
	return OutcomeUnknown
}

// DryRun reports whether the run wrote nothing because it was a dry run. The trigger's tag is
// the only sign of it (seen on the wire).
func (r *SyncRun) DryRun() bool {
	return r.SyncTriggerReason != nil && r.SyncTriggerReason.UITag != nil &&
		strings.EqualFold(*r.SyncTriggerReason.UITag, "Dry Run")
}

// Invalids is how many records Census left out for their quality. Old runs have the number
// under its older name alone.
func (r *SyncRun) Invalids() Count {
	if !r.SourceRecordInvalids.Known {
		return r.RecordsInvalid
	}
	return r.SourceRecordInvalids
}

// DurationSeconds returns the time from queueing to completion, as Census's own guide defines
// it. Nil while unknown, and if it would be negative: one of the two times is then wrong, and
// statistics ignore it too.
func (r *SyncRun) DurationSeconds() *float64 {
	if r.CompletedAt < r.CreatedAt {
		return nil
	}
	return seconds(r.CreatedAt, r.CompletedAt)
}

// ScheduleDelaySeconds returns how long after its scheduled time the run was created; nil
// unless a schedule started it.
func (r *SyncRun) ScheduleDelaySeconds() *float64 {
	return seconds(r.ScheduledExecutionTime, r.CreatedAt)
}

func seconds(from, to DateTime) *float64 {
	if from == 0 || to == 0 {
		return nil
	}
	s := float64(to-from) / 1000 // a time.Duration is limited to 292 years
	return &s
}
