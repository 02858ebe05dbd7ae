package alerts

import (
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

var kinds = []string{"FailureAlertConfiguration", census.AlertInvalidRecords, "FullSyncTriggerAlertConfiguration", "RuntimeAlertConfiguration", "RecordCountDeviationAlertConfiguration", "StatusAlertConfiguration", "?"}

func anySettings(t *rapid.T) []census.AlertSetting {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) census.AlertSetting {
		s := setting(rapid.SampledFrom(kinds).Draw(t, "type"))
		s.ID = rapid.Int64Range(0, 2).Draw(t, "id")
		for _, o := range [][]string{{"threshold", "", "0", "20", "75", "-1", "nan", "Inf"}, {"unit", "", "minutes", "hours", "moons"}, {"start_type", "actual", "scheduled"},
			{"record_type", "source_record_count", "records_failed", ""}, {"past_runs", "", "1", "3", "40", "0"}} {
			if value := rapid.SampledFrom(o[1:]).Draw(t, o[0]); value != "" {
				s.Options = append(s.Options, census.NamedValue{Name: o[0], Value: value})
			}
		}
		return s
	}), 0, 5).Draw(t, "settings")
}

// anyRuns draws runs, newest first, which may contradict each other.
func anyRuns(t *rapid.T) (all []census.SyncRun) {
	before := time.Duration(rapid.Int64Range(-7200, 86400).Draw(t, "newest")) * time.Second
	for range rapid.IntRange(0, 30).Draw(t, "runs") {
		changes := rapid.SliceOfN(rapid.SampledFrom([]change{failed, open, skipped, working, canceled, full, dry, took(3 * time.Hour), took(-time.Hour), took(2e6 * time.Hour), scheduled(time.Hour), scheduled(-time.Hour),
			rejected(3), rejected(-4), invalid(900), counted(0), counted(-7), counted(1 << 62), uncounted}), 0, 3).Draw(t, "changes")
		all = append(all, run(before, changes...))
		before += time.Duration(rapid.SampledFrom([]int64{0, 60, 900, 3600, 86400}).Draw(t, "gap")) * time.Second
	}
	return all
}

// For any settings and runs: alerts are consistent, evaluation is repeatable, and each firing alert
// is resolved once the newest run passes its rule.
func TestLawAlerts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sync := &census.Sync{ID: 52, Alerts: anySettings(t), Schedule: census.SyncSchedule{Frequency: ptr("hourly"), Minute: ptr(int32(0))}}
		history, more := anyRuns(t), rapid.Bool().Draw(t, "more")
		all := Of(sync, history, more, noon)
		if again := Of(sync, history, more, noon); !reflect.DeepEqual(all, again) {
			t.Fatalf("%+v, and again %+v", all, again)
		}
		ids := map[string]bool{}
		for _, a := range all {
			switch {
			case ids[a.ID]:
				t.Fatalf("%s twice", a.ID)
			case !strings.HasSuffix(a.Message, ".") || strings.Contains(a.Message, "NaN") || strings.Contains(a.Message, "%!"):
				t.Fatalf("not a sentence: %s", a.Message)
			case a.State == Resolved && (a.Since == 0 || a.Run == nil), a.State == Unknown && a.Since != 0:
				t.Fatalf("%+v", a)
			case a.State == Firing && a.Value != nil && a.Rule != Skipped && *a.Value <= *a.Threshold:
				t.Fatalf("%s fires at %v of %v", a.Rule, *a.Value, *a.Threshold)
			case a.Since > ago(-census.ClockLead):
				t.Fatalf("in the future: %+v", a)
			}
			ids[a.ID] = true
		}
		good := append([]census.SyncRun{run(2 * time.Minute)}, history...)
		if len(history) > 0 && history[0].CreatedAt > good[0].CreatedAt {
			return
		}
		after := map[string]Alert{}
		for _, a := range Of(sync, good, more, noon) {
			after[a.ID] = a
		}
		for _, a := range all {
			if a.State != Firing || a.Rule == RecordCount || a.Origin == GatewayRule || a.Rule == Runtime && *a.Threshold < 60 {
				continue
			}
			if b := after[a.ID]; b.State != Resolved || b.Run.ID != good[0].ID || b.Since != ago(time.Minute) {
				t.Fatalf("%+v\nand after a good run\n%+v", a, b)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	sync := &census.Sync{ID: 52, Alerts: []census.AlertSetting{failure, invalidOver("75")}}
	var history []census.SyncRun
	for i := range 25 {
		history = append(history, run(time.Duration(i)*time.Hour))
	}
	b.ReportAllocs()
	for b.Loop() {
		Of(sync, history, true, noon)
	}
}
