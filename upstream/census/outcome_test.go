package census

import (
	"fmt"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

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
		{"over in 8,000 years", SyncRun{CreatedAt: queued, CompletedAt: lastMoment}, float64(lastMoment-queued) / 1000, nil}, // a time.Duration has 292
		{"scheduled 8,000 years ahead", SyncRun{CreatedAt: queued, ScheduledExecutionTime: lastMoment}, nil, float64(queued-lastMoment) / 1000},
		{"1.118 and not 1.1179999999999999", SyncRun{CreatedAt: queued, CompletedAt: queued + 1_118}, 1.118, nil},
		{"over before it began", SyncRun{CreatedAt: queued, CompletedAt: queued - 1}, nil, nil},
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

// Every kind of run that Census is known to list, read from the wire.
func TestKindsOfRuns(t *testing.T) {
	const queued = 1634698120373
	at, nothing := DateTime(queued).Time(), sim.Counts{Source: sim.Null, Updates: sim.Null, Deletes: sim.Null, Invalids: sim.Null, Processed: sim.Null, Updated: sim.Null, Failed: sim.Null}
	after := func(d time.Duration) time.Time { return at.Add(d) }
	clean := sim.Counts{Source: 1500, Updates: 50, Processed: 50, Updated: 50}
	for _, c := range []struct {
		name     string
		run      sim.Run
		want     SyncRunOutcome
		dry      bool
		duration any // nil: unknown
		delay    any
		step     string
		reason   string // ui_tag; "": there is no reason
	}{
		{"completed clean", sim.Run{Status: "completed", CompletedAt: after(42 * time.Second), Counts: clean}, OutcomeSucceeded, false, 42.0, nil, "", "API Request"},
		{"completed with failed rows", sim.Run{Status: "completed", CompletedAt: after(42 * time.Second), Counts: sim.Counts{Processed: 50, Updated: 48, Failed: 2}}, OutcomePartial, false, 42.0, nil, "", "API Request"},
		{"failed without a time and counts", sim.Run{Status: "failed", Counts: nothing, ErrorCode: "AUTH"}, OutcomeFailed, false, nil, nil, "", "API Request"},
		{"failed at a time", sim.Run{Status: "failed", CompletedAt: after(time.Second), Counts: nothing}, OutcomeFailed, false, 1.0, nil, "", "API Request"},
		{"skipped", sim.Run{Status: "skipped", Counts: nothing}, OutcomeSkipped, false, nil, nil, "", "API Request"},
		{"queued", sim.Run{Status: "queued", Counts: nothing, Step: "Running Sync"}, OutcomeInProgress, false, nil, nil, "Running Sync", "API Request"},
		{"working", sim.Run{Status: "working", Counts: clean, Step: "Loading data into destination service"}, OutcomeInProgress, false, nil, nil, "Loading data into destination service", "API Request"},
		{"canceled and completed", sim.Run{Status: "completed", Canceled: true, CompletedAt: after(9 * time.Second), Counts: clean}, OutcomeCanceled, false, 9.0, nil, "", "API Request"},
		{"canceled and failed", sim.Run{Status: "failed", Canceled: true, Counts: nothing}, OutcomeCanceled, false, nil, nil, "", "API Request"},
		{"dry run", sim.Run{Status: "completed", CompletedAt: after(time.Second), Counts: clean, FullSync: true, Tag: "Dry Run"}, OutcomeSucceeded, true, 1.0, nil, "", "Dry Run"},
		{"forced full", sim.Run{Status: "completed", CompletedAt: after(time.Second), Counts: clean, FullSync: true, Tag: "Manual"}, OutcomeSucceeded, false, 1.0, nil, "", "Manual"},
		{"scheduled, with a delay", sim.Run{Status: "completed", CompletedAt: after(time.Second), Counts: clean, ScheduledAt: after(-90500 * time.Millisecond), Tag: "Schedule"}, OutcomeSucceeded, false, 1.0, 90.5, "", "Schedule"},
		{"without a reason", sim.Run{Status: "completed", CompletedAt: after(time.Second), Counts: clean, NoReason: true}, OutcomeSucceeded, false, 1.0, nil, "", ""},
		{"a status nobody knows", sim.Run{Status: "defrosting", Counts: nothing}, OutcomeUnknown, false, nil, nil, "", "API Request"},
		{"completed with an error code", sim.Run{Status: "completed", CompletedAt: after(time.Second), Counts: clean, ErrorCode: "STALE"}, OutcomeSucceeded, false, 1.0, nil, "", "API Request"},
	} {
		census := sim.New(sim.Options{Empty: true})
		c.run.CreatedAt = at
		id := census.AddRun(census.AddSync(sim.Sync{}), c.run)
		r, err := DecodeOne[SyncRun](census.Body(fmt.Sprintf("/sync_runs/%d", id)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		reason, step := "", ""
		if r.SyncTriggerReason != nil {
			reason = *r.SyncTriggerReason.UITag
		}
		if r.CurrentStep != nil {
			step = *r.CurrentStep
		}
		if r.Outcome() != c.want || r.DryRun() != c.dry || r.FullSync != c.run.FullSync || r.RawStatus != c.run.Status ||
			!same(r.DurationSeconds(), c.duration) || !same(r.ScheduleDelaySeconds(), c.delay) || step != c.step || reason != c.reason {
			t.Errorf("%s: %s, dry %t, full %t, took %v, delayed by %v, at %q, for %q", c.name, r.Outcome(), r.DryRun(), r.FullSync, r.DurationSeconds(), r.ScheduleDelaySeconds(), step, reason)
		}
		if known := c.run.Counts != nothing; r.RecordsProcessed.Known != known || r.SourceRecordInvalids.Known != known {
			t.Errorf("%s: counts are %+v", c.name, r)
		}
	}
}
