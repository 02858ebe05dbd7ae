package census

import "strings"

// A SyncRunOutcome is how a run ended, read from all it tells: Census's own
// status calls a run completed that was canceled, or that lost records.
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

// Outcome classifies the run. Canceled wins over the status, which Census's own
// samples show as completed on canceled runs.
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

// DryRun tells whether nothing was really written. The trigger's tag is the
// only mark of it (seen on the wire).
func (r *SyncRun) DryRun() bool {
	return r.SyncTriggerReason != nil && r.SyncTriggerReason.UITag != nil &&
		strings.EqualFold(*r.SyncTriggerReason.UITag, "Dry Run")
}

// DurationSeconds is the time from queueing to completion, as Census's own
// guide counts it; nil while it is unknown, and where it would be negative: then one of
// the two times is wrong, and statistics leave it out too.
func (r *SyncRun) DurationSeconds() *float64 {
	if r.CompletedAt < r.CreatedAt {
		return nil
	}
	return seconds(r.CreatedAt, r.CompletedAt)
}

// ScheduleDelaySeconds is how long after its scheduled time the run was
// created; nil unless a schedule started it.
func (r *SyncRun) ScheduleDelaySeconds() *float64 {
	return seconds(r.ScheduledExecutionTime, r.CreatedAt)
}

func seconds(from, to DateTime) *float64 {
	if from == 0 || to == 0 {
		return nil
	}
	s := float64(to-from) / 1000 // a time.Duration ends after 292 years
	return &s
}
