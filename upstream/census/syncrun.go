package census

import "strings"

// A SyncRun is one execution of a sync (API reference, "List sync runs"). It still changes for
// some minutes after its end, while Census updates its totals.
type SyncRun struct {
	ID                     SyncRunID
	SyncID                 SyncID
	Status                 SyncRunStatus
	RawStatus              string   // as Census sent it
	CreatedAt              DateTime // when it was queued; never 0
	UpdatedAt              DateTime // CreatedAt if Census sends none
	CompletedAt            DateTime // 0 while it runs, and for some failed runs
	ScheduledExecutionTime DateTime // 0 unless a schedule started it
	ErrorCode              *string
	ErrorMessage           *string
	ErrorDetail            *string
	SourceRecordCount      Count
	SourceRecordUpdates    Count
	SourceRecordDeletes    Count
	SourceRecordInvalids   Count
	RecordsInvalid         Count // the same as SourceRecordInvalids, an older name
	RecordsProcessed       Count
	RecordsUpdated         Count
	RecordsFailed          Count
	FullSync               bool
	Canceled               bool
	SyncTriggerReason      *SyncTriggerReason
	CurrentStep            *string // missing once the run has completed
}

// A SyncRunStatus is the state of a run. Census has renamed these before, so an unknown word
// is StatusUnknown and never an error.
type SyncRunStatus string

const (
	StatusQueued    SyncRunStatus = "QUEUED"
	StatusWorking   SyncRunStatus = "WORKING"
	StatusCompleted SyncRunStatus = "COMPLETED"
	StatusFailed    SyncRunStatus = "FAILED"
	StatusSkipped   SyncRunStatus = "SKIPPED"
	StatusUnknown   SyncRunStatus = "UNKNOWN"
)

// parseStatus also knows the names of 2023: preparing and new became queued, and retrying
// became working (history of Census's own documentation).
func parseStatus(raw string) SyncRunStatus {
	switch strings.ToLower(raw) {
	case "queued", "preparing", "new":
		return StatusQueued
	case "working", "retrying":
		return StatusWorking
	case "completed":
		return StatusCompleted
	case "failed":
		return StatusFailed
	case "skipped":
		return StatusSkipped
	}
	return StatusUnknown
}

// status reads the status of a run and Census's word for it. The word is copied unless it is
// one of those that nearly all runs have.
func (s *reader) status() (SyncRunStatus, string) {
	raw, _ := s.Scalar()
	for _, known := range [...]struct {
		raw    string
		status SyncRunStatus
	}{{"completed", StatusCompleted}, {"failed", StatusFailed}, {"skipped", StatusSkipped}, {"working", StatusWorking}, {"queued", StatusQueued}} {
		if raw == known.raw {
			return known.status, known.raw
		}
	}
	return parseStatus(raw), s.Keep(raw)
}

// scan reads a run. It skips unknown keys.
func (r *SyncRun) scan(s *reader) {
	for key, ok := s.Enter(); ok; key, ok = s.Member() {
		switch key {
		case "id":
			n, _ := s.Integer()
			r.ID = SyncRunID(n)
		case "sync_id":
			n, _ := s.Integer()
			r.SyncID = SyncID(n)
		case "status":
			r.Status, r.RawStatus = s.status()
		case "created_at":
			r.CreatedAt = s.dateTime()
		case "updated_at":
			r.UpdatedAt = s.dateTime()
		case "completed_at":
			r.CompletedAt = s.dateTime()
		case "scheduled_execution_time":
			r.ScheduledExecutionTime = s.dateTime()
		case "error_code":
			r.ErrorCode = s.Nullable()
		case "error_message":
			r.ErrorMessage = s.Nullable()
		case "error_detail":
			r.ErrorDetail = s.Nullable()
		case "source_record_count":
			r.SourceRecordCount = s.count()
		case "source_record_updates":
			r.SourceRecordUpdates = s.count()
		case "source_record_deletes":
			r.SourceRecordDeletes = s.count()
		case "source_record_invalids":
			r.SourceRecordInvalids = s.count()
		case "records_invalid":
			r.RecordsInvalid = s.count()
		case "records_processed":
			r.RecordsProcessed = s.count()
		case "records_updated":
			r.RecordsUpdated = s.count()
		case "records_failed":
			r.RecordsFailed = s.count()
		case "full_sync":
			r.FullSync = s.Boolean()
		case "canceled":
			r.Canceled = s.Boolean()
		case "sync_trigger_reason":
			r.SyncTriggerReason = scanTriggerReason(s)
		case "current_step":
			r.CurrentStep = s.Nullable()
		default:
			s.Skip()
		}
	}
	if r.Status == "" {
		r.Status = StatusUnknown
	}
	if r.UpdatedAt == 0 { // never null in GraphQL; no run is older than its creation
		r.UpdatedAt = r.CreatedAt
	}
}

func scanTriggerReason(s *reader) *SyncTriggerReason {
	if !s.Open('{') {
		return nil
	}
	var t SyncTriggerReason
	for key, ok := s.Member(); ok; key, ok = s.Member() {
		switch key {
		case "ui_tag":
			t.UITag = s.Nullable()
		case "ui_detail":
			t.UIDetail = s.Nullable()
		default:
			s.Skip()
		}
	}
	if s.reason == nil || *s.reason != t { // compares pointers: see Scanner.Nullable
		s.reason = s.reasons.Next()
		*s.reason = t
	}
	return s.reason
}
