package sim

import "time"

// Null stands for a count that Census sends as null.
const Null = -1

// A Run is one execution of a sync. Empty text and zero times are null on the wire, unless
// stated otherwise.
type Run struct {
	ID, SyncID   int64
	CreatedAt    time.Time // when it was queued
	UpdatedAt    time.Time
	CompletedAt  time.Time // may be null for a failed run too
	ScheduledAt  time.Time // scheduled_execution_time; null unless a schedule started it
	ErrorCode    string
	ErrorMessage string
	ErrorDetail  string
	Status       string
	Counts       Counts
	Canceled     bool
	FullSync     bool
	Tag          string // ui_tag of sync_trigger_reason
	Detail       string // ui_detail of sync_trigger_reason; may contain an e-mail address
	NoReason     bool   // omits sync_trigger_reason
	Step         string // current_step; "" omits it
}

// Counts are a run's numbers of records; Null is null.
type Counts struct {
	Source    int64 // in the source object at the time
	Updates   int64 // new or changed in the source
	Deletes   int64 // deleted in the source
	Invalids  int64 // left out by Census for their quality; also records_invalid
	Processed int64 // sent to the destination
	Updated   int64 // accepted there
	Failed    int64 // rejected there
}

// noCounts are the counts of a run that processed nothing.
var noCounts = Counts{Null, Null, Null, Null, Null, Null, Null}

// active reports whether a new run of the same sync would be skipped.
func (r *Run) active() bool { return r.Status == "queued" || r.Status == "working" }

// appendRun writes the keys in the order seen on the wire, and then an undocumented key, which
// clients must ignore.
func appendRun(b []byte, r *Run) []byte {
	o := object{b: b}
	o.open()
	o.int("id", r.ID)
	o.time("created_at", r.CreatedAt)
	o.time("updated_at", r.UpdatedAt)
	o.time("completed_at", r.CompletedAt)
	o.strOrNull("error_code", r.ErrorCode)
	o.strOrNull("error_message", r.ErrorMessage)
	o.strOrNull("error_detail", r.ErrorDetail)
	o.str("status", r.Status)
	o.int("sync_id", r.SyncID)
	o.intOr("source_record_count", r.Counts.Source, Null)
	o.intOr("source_record_updates", r.Counts.Updates, Null)
	o.intOr("source_record_deletes", r.Counts.Deletes, Null)
	o.intOr("source_record_invalids", r.Counts.Invalids, Null)
	o.intOr("records_invalid", r.Counts.Invalids, Null)
	o.intOr("records_processed", r.Counts.Processed, Null)
	o.intOr("records_updated", r.Counts.Updated, Null)
	o.intOr("records_failed", r.Counts.Failed, Null)
	o.time("scheduled_execution_time", r.ScheduledAt)
	o.bool("canceled", r.Canceled)
	o.bool("full_sync", r.FullSync)
	if !r.NoReason {
		o.key("sync_trigger_reason")
		o.open()
		o.str("ui_tag", r.Tag)
		o.str("ui_detail", r.Detail)
		o.close()
	}
	if r.Step != "" {
		o.str("current_step", r.Step)
	}
	o.raw("x_execution_engine", `{"name":"advanced","revision":7}`)
	o.close()
	return o.b
}
