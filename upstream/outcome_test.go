package upstream

import "testing"

func known(n int64) Count { return Count{N: n, Known: true} }

func TestOutcome(t *testing.T) {
	const done = 1634698267546
	for _, c := range []struct {
		name string
		run  SyncRun
		want SyncRunOutcome
	}{
		{"queued", SyncRun{Status: StatusQueued}, OutcomeInProgress},
		{"working", SyncRun{Status: StatusWorking}, OutcomeInProgress},
		{"working, with counts already", SyncRun{Status: StatusWorking, RecordsFailed: known(2)}, OutcomeInProgress},
		{"working and over: which is true?", SyncRun{Status: StatusWorking, CompletedAt: done}, OutcomeUnknown},
		{"queued and over", SyncRun{Status: StatusQueued, CompletedAt: done}, OutcomeUnknown},

		{"completed clean", SyncRun{Status: StatusCompleted, CompletedAt: done, RecordsUpdated: known(50), RecordsFailed: known(0)}, OutcomeSucceeded},
		{"completed, without counts", SyncRun{Status: StatusCompleted, CompletedAt: done}, OutcomeSucceeded},
		{"completed, without a time", SyncRun{Status: StatusCompleted}, OutcomeSucceeded},
		{"completed with an error code, as in the documents", SyncRun{Status: StatusCompleted, ErrorCode: new(string)}, OutcomeSucceeded},
		{"completed with rejected records", SyncRun{Status: StatusCompleted, RecordsFailed: known(2)}, OutcomePartial},
		{"completed with invalid records", SyncRun{Status: StatusCompleted, SourceRecordInvalids: known(1)}, OutcomePartial},
		{"the same under the older name", SyncRun{Status: StatusCompleted, RecordsInvalid: known(1)}, OutcomePartial},
		{"completed dry run", SyncRun{Status: StatusCompleted, FullSync: true, SyncTriggerReason: &SyncTriggerReason{}}, OutcomeSucceeded},

		{"failed at a time", SyncRun{Status: StatusFailed, CompletedAt: done}, OutcomeFailed},
		{"failed without a time and counts", SyncRun{Status: StatusFailed}, OutcomeFailed},
		{"failed after some records", SyncRun{Status: StatusFailed, RecordsUpdated: known(9), RecordsFailed: known(1)}, OutcomeFailed},
		{"skipped", SyncRun{Status: StatusSkipped, CompletedAt: done}, OutcomeSkipped},

		{"canceled, says Census completed", SyncRun{Status: StatusCompleted, Canceled: true}, OutcomeCanceled},
		{"canceled, with rejected records", SyncRun{Status: StatusCompleted, Canceled: true, RecordsFailed: known(2)}, OutcomeCanceled},
		{"canceled, says Census failed", SyncRun{Status: StatusFailed, Canceled: true}, OutcomeCanceled},
		{"canceled while working", SyncRun{Status: StatusWorking, Canceled: true}, OutcomeCanceled},
		{"canceled by its status only", SyncRun{Status: StatusUnknown, RawStatus: "cancelled"}, OutcomeCanceled},
		{"the same with one l, in Title Case", SyncRun{Status: StatusUnknown, RawStatus: "Canceled"}, OutcomeCanceled},

		{"a status nobody knows", SyncRun{Status: StatusUnknown, RawStatus: "defrosting"}, OutcomeUnknown},
		{"the same, and over", SyncRun{Status: StatusUnknown, RawStatus: "defrosting", CompletedAt: done}, OutcomeUnknown},
		{"no status", SyncRun{}, OutcomeUnknown},
	} {
		if got := c.run.Outcome(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDryRun(t *testing.T) {
	reason := func(tag string) *SyncTriggerReason { return &SyncTriggerReason{UITag: &tag} }
	detail := "Dry run triggered by somebody"
	for _, c := range []struct {
		reason *SyncTriggerReason
		want   bool
	}{
		{reason("Dry Run"), true},
		{reason("dry run"), true},
		{reason("Manual"), false},
		{reason(""), false},
		{&SyncTriggerReason{UIDetail: &detail}, false}, // details are free text
		{&SyncTriggerReason{}, false},
		{nil, false},
	} {
		if got := (&SyncRun{SyncTriggerReason: c.reason}).DryRun(); got != c.want {
			t.Errorf("%+v: %t", c.reason, got)
		}
	}
}

func TestDurations(t *testing.T) {
	const queued = 1634698120373
	for _, c := range []struct {
		name            string
		run             SyncRun
		duration, delay any // nil: unknown
	}{
		{"over", SyncRun{CreatedAt: queued, CompletedAt: queued + 42_151}, 42.151, nil},
		{"over at once", SyncRun{CreatedAt: queued, CompletedAt: queued}, 0.0, nil},
		{"running", SyncRun{CreatedAt: queued, UpdatedAt: queued + 9_000}, nil, nil},
		{"failed without a time", SyncRun{Status: StatusFailed, CreatedAt: queued, UpdatedAt: queued + 73_057}, nil, nil},
		{"scheduled, and late", SyncRun{CreatedAt: queued, ScheduledExecutionTime: queued - 90_500}, nil, 90.5},
		{"scheduled, on time", SyncRun{CreatedAt: queued, ScheduledExecutionTime: queued, CompletedAt: queued + 1}, 0.001, 0.0},
		{"scheduled for later than it was created", SyncRun{CreatedAt: queued, ScheduledExecutionTime: queued + 250}, nil, -0.25},
	} {
		if got := c.run.DurationSeconds(); !same(got, c.duration) {
			t.Errorf("%s: took %v, want %v", c.name, got, c.duration)
		}
		if got := c.run.ScheduleDelaySeconds(); !same(got, c.delay) {
			t.Errorf("%s: delayed by %v, want %v", c.name, got, c.delay)
		}
	}
}

func same(got *float64, want any) bool {
	if got == nil {
		return want == nil
	}
	return *got == want
}
