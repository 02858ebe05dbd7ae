package census

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func mustDecodeRun(t *testing.T, data string) SyncRun {
	t.Helper()
	r, err := DecodeOne[SyncRun](`{"status":"success","data":` + data + `}`)
	if err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return *r
}

func text(s string) *string { return &s }

// The sample of the API reference, "List sync runs": a completed run with an error code and a
// step.
func TestRunAsDocumented(t *testing.T) {
	got := mustDecodeRun(t, `{
		"id": 94, "sync_id": 52, "source_record_count": 15, "source_record_updates": 12, "source_record_deletes": 2,
		"source_record_invalids": 1, "records_processed": 14, "records_updated": 13, "records_failed": 3, "records_invalid": 4,
		"created_at": "2021-10-20T02:51:07.546Z", "updated_at": "2021-10-20T02:52:29.236Z",
		"completed_at": "2021-10-20T02:52:29.234Z", "scheduled_execution_time": "2021-10-20T02:50:00.000Z",
		"error_code": "SOME_CODE", "error_message": "it did not go well: at all", "error_detail": "at all",
		"status": "completed", "current_step": "Running Sync", "canceled": true, "full_sync": true,
		"sync_trigger_reason": {"ui_tag": "Manual", "ui_detail": "Manually triggered by somebody@example.com"}
	}`)
	want := SyncRun{
		ID: 94, SyncID: 52, Status: StatusCompleted, RawStatus: "completed",
		CreatedAt: 1634698267546, UpdatedAt: 1634698349236, CompletedAt: 1634698349234, ScheduledExecutionTime: 1634698200000,
		ErrorCode: text("SOME_CODE"), ErrorMessage: text("it did not go well: at all"), ErrorDetail: text("at all"),
		SourceRecordCount: known(15), SourceRecordUpdates: known(12), SourceRecordDeletes: known(2), SourceRecordInvalids: known(1),
		RecordsProcessed: known(14), RecordsUpdated: known(13), RecordsFailed: known(3), RecordsInvalid: known(4),
		FullSync: true, Canceled: true, CurrentStep: text("Running Sync"),
		SyncTriggerReason: &SyncTriggerReason{text("Manual"), text("Manually triggered by somebody@example.com")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The failed sample of the older reference: counts are null or missing, and there is no time
// of completion.
func TestFailedRunAsDocumented(t *testing.T) {
	got := mustDecodeRun(t, `{
		"id": 93, "sync_id": 52, "source_record_count": 1, "records_processed": null, "records_updated": null,
		"records_failed": null, "records_invalid": 0, "created_at": "2021-10-20T02:48:40.373Z",
		"updated_at": "2021-10-20T02:49:53.430Z", "completed_at": null, "scheduled_execution_time": null,
		"error_code": "JSON_ARRAY_ERROR", "error_message": "no list: of lists", "error_detail": "of lists",
		"status": "failed", "current_step": "Running sync", "canceled": false, "full_sync": true,
		"sync_trigger_reason": {"ui_tag": "Manual", "ui_detail": "Manually triggered by somebody@example.com"}
	}`)
	want := SyncRun{
		ID: 93, SyncID: 52, Status: StatusFailed, RawStatus: "failed",
		CreatedAt: 1634698120373, UpdatedAt: 1634698193430,
		ErrorCode: text("JSON_ARRAY_ERROR"), ErrorMessage: text("no list: of lists"), ErrorDetail: text("of lists"),
		SourceRecordCount: known(1), RecordsInvalid: known(0),
		FullSync: true, CurrentStep: text("Running sync"),
		SyncTriggerReason: &SyncTriggerReason{text("Manual"), text("Manually triggered by somebody@example.com")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestRunLeniency(t *testing.T) {
	id := func(r *SyncRun) any { return r.ID }
	syncID := func(r *SyncRun) any { return r.SyncID }
	failed := func(r *SyncRun) any { return r.RecordsFailed }
	completed := func(r *SyncRun) any { return r.CompletedAt }
	canceled := func(r *SyncRun) any { return r.Canceled }
	step := func(r *SyncRun) any { return r.CurrentStep }
	code := func(r *SyncRun) any { return r.ErrorCode }
	reason := func(r *SyncRun) any { return r.SyncTriggerReason }
	raw := func(r *SyncRun) any { return r.RawStatus }
	status := func(r *SyncRun) any { return r.Status }
	updated := func(r *SyncRun) any { return r.UpdatedAt }
	none := (*string)(nil)
	const made = `"created_at":"2021-10-20T02:51:07.546Z",`
	unknown := Count{}
	for _, c := range []struct {
		fields string
		of     func(*SyncRun) any
		want   any
	}{
		{`"id":"94"`, id, SyncRunID(94)},
		{`"id":94.0`, id, SyncRunID(94)},
		{`"id":"94.0"`, id, SyncRunID(94)},
		{`"id":4250000001`, id, SyncRunID(4250000001)},
		{`"id":94.5`, id, SyncRunID(0)},
		{`"id":"x94"`, id, SyncRunID(0)},
		{`"id":null`, id, SyncRunID(0)},
		{`"sync_id":"52"`, syncID, SyncID(52)},
		{`"sync_id":52.0`, syncID, SyncID(52)},

		{`"records_failed":0`, failed, known(0)},
		{`"records_failed":"17"`, failed, known(17)},
		{`"records_failed":1e3`, failed, known(1000)},
		{`"records_failed":9223372036854775807`, failed, known(1<<63 - 1)},
		{`"records_failed":null`, failed, unknown},
		{`"records_failed":"NaN"`, failed, unknown},
		{`"records_failed":"many"`, failed, unknown},
		{`"records_failed":1e300`, failed, unknown},
		{`"records_failed":9223372036854775808`, failed, unknown}, // never wrapped around
		{`"records_failed":-5`, failed, unknown},
		{`"records_failed":"-1e3"`, failed, unknown},
		{`"records_failed":-0`, failed, known(0)},
		{`"records_failed":0.5`, failed, unknown},
		{`"records_failed":true`, failed, unknown},
		{`"records_failed":{"count":3}`, failed, unknown},
		{`"x":0`, failed, unknown},

		{`"completed_at":"2021-10-20T02:51:07+02:00"`, completed, DateTime(1634691067000)},
		{`"completed_at":null`, completed, DateTime(0)},
		{`"completed_at":"yesterday"`, completed, DateTime(0)},
		{`"completed_at":"2021-02-30T02:51:07.546Z"`, completed, DateTime(0)},
		{`"completed_at":"0000-00-00T00:00:00Z"`, completed, DateTime(0)},
		{`"completed_at":1634698267546`, completed, DateTime(0)},
		{`"completed_at":""`, completed, DateTime(0)},
		{`"completed_at":[]`, completed, DateTime(0)},

		{made + `"updated_at":"2021-10-20T02:52:29.236Z"`, updated, DateTime(1634698349236)},
		{made + `"updated_at":null`, updated, DateTime(1634698267546)},
		{made + `"updated_at":"soon"`, updated, DateTime(1634698267546)},
		{`"updated_at":null,` + made + `"x":1`, updated, DateTime(1634698267546)},
		{made + `"x":1`, updated, DateTime(1634698267546)},
		{`"x":1`, updated, DateTime(0)},

		{`"canceled":true`, canceled, true},
		{`"canceled":"true"`, canceled, true},
		{`"canceled":false`, canceled, false},
		{`"canceled":null`, canceled, false},
		{`"canceled":{}`, canceled, false},

		{`"current_step":"Running sync"`, step, text("Running sync")},
		{`"current_step":null`, step, none},
		{`"x":1`, step, none},
		{`"error_code":404`, code, text("404")}, // one client declares it as a number
		{`"error_code":""`, code, text("")},
		{`"error_code":null`, code, none},
		{`"error_code":["A"]`, code, none},

		{`"x":1`, reason, (*SyncTriggerReason)(nil)},
		{`"sync_trigger_reason":null`, reason, (*SyncTriggerReason)(nil)},
		{`"sync_trigger_reason":"Manual"`, reason, (*SyncTriggerReason)(nil)},
		{`"sync_trigger_reason":{}`, reason, &SyncTriggerReason{}},
		{`"sync_trigger_reason":{"ui_tag":"Dry Run"}`, reason, &SyncTriggerReason{UITag: text("Dry Run")}},
		{`"sync_trigger_reason":{"ui_detail":"x","ui_tag":null,"new":{}}`, reason, &SyncTriggerReason{UIDetail: text("x")}},

		{`"status":"defrosting"`, raw, "defrosting"},
		{`"status":"defrosting"`, status, StatusUnknown},
		{`"status":"Completed"`, raw, "Completed"},
		{`"status":"Completed"`, status, StatusCompleted},
		{`"status":null`, raw, ""},
		{`"status":null`, status, StatusUnknown},
		{`"status":7`, status, StatusUnknown},
		{`"status":{"name":"completed"}`, status, StatusUnknown},
		{`"x":1`, raw, ""},
		{`"x":1`, status, StatusUnknown},
	} {
		r := mustDecodeRun(t, `{`+c.fields+`}`)
		if diff := cmp.Diff(c.want, c.of(&r)); diff != "" {
			t.Errorf("%s: %s", c.fields, diff)
		}
	}
}

func TestRunStatuses(t *testing.T) {
	for raw, want := range map[string]SyncRunStatus{
		"queued": StatusQueued, "working": StatusWorking, "completed": StatusCompleted, "failed": StatusFailed, "skipped": StatusSkipped,
		"preparing": StatusQueued, "new": StatusQueued, "retrying": StatusWorking, // of 2023
		"unknown": StatusUnknown, "cancelled": StatusUnknown, "completed_with_errors": StatusUnknown, "success": StatusUnknown,
		"": StatusUnknown, " completed": StatusUnknown, "kompleted": StatusUnknown,
	} {
		for _, word := range []string{raw, strings.ToUpper(raw)} {
			r := mustDecodeRun(t, `{"status":"`+word+`"}`)
			if r.Status != want || r.RawStatus != word {
				t.Errorf("%q is %s, kept as %q; want %s", word, r.Status, r.RawStatus, want)
			}
		}
	}
}
