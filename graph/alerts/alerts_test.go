package alerts

import (
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/census"
)

func ptr[T any](v T) *T { return &v }

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func ago(d time.Duration) census.DateTime { return census.DateTime(noon.Add(-d).UnixMilli()) }

// A change makes a run another than the plain success it starts as.
type change func(*census.SyncRun)

// run was created so long ago and succeeded after a minute, unless changed.
func run(before time.Duration, changes ...change) census.SyncRun {
	r := census.SyncRun{
		ID: census.SyncRunID(1e9 - before/time.Second), SyncID: 52, Status: census.StatusCompleted, RawStatus: "completed",
		CreatedAt: ago(before), CompletedAt: ago(before - time.Minute),
		RecordsProcessed: known(1000), SourceRecordCount: known(1000),
	}
	for _, c := range changes {
		c(&r)
	}
	return r
}

func known(n int64) census.Count { return census.Count{N: n, Known: true} }

func failed(r *census.SyncRun)   { r.Status, r.ErrorCode = census.StatusFailed, ptr("AUTH") }
func skipped(r *census.SyncRun)  { r.Status, r.CompletedAt = census.StatusSkipped, 0 }
func working(r *census.SyncRun)  { r.Status, r.CompletedAt = census.StatusWorking, 0 }
func canceled(r *census.SyncRun) { r.Canceled = true }
func open(r *census.SyncRun)     { r.CompletedAt = 0 }
func full(r *census.SyncRun)     { r.FullSync = true }
func uncounted(r *census.SyncRun) {
	r.SourceRecordCount, r.RecordsProcessed = census.Count{}, census.Count{}
}
func dry(r *census.SyncRun) {
	r.SyncTriggerReason = &census.SyncTriggerReason{UITag: ptr("Dry Run")}
}
func took(d time.Duration) change {
	return func(r *census.SyncRun) { r.CompletedAt = r.CreatedAt + census.DateTime(d.Milliseconds()) }
}
func rejected(n int64) change { return func(r *census.SyncRun) { r.RecordsFailed = known(n) } }
func invalid(n int64) change {
	return func(r *census.SyncRun) { r.SourceRecordInvalids = known(n) }
}
func counted(n int64) change { return func(r *census.SyncRun) { r.SourceRecordCount = known(n) } }
func scheduled(early time.Duration) change {
	return func(r *census.SyncRun) {
		r.ScheduledExecutionTime = r.CreatedAt - census.DateTime(early.Milliseconds())
	}
}

// runs are hourly ones, the newest first, each changed by the changes of its place.
func runs(changes ...[]change) (all []census.SyncRun) {
	for i, c := range changes {
		all = append(all, run(time.Duration(i+1)*time.Hour, c...))
	}
	return all
}

func is(c ...change) []change { return c }

// setting is an alert in Census, with options: name and value by turns.
func setting(kind string, options ...string) census.AlertSetting {
	a := census.AlertSetting{ID: 7, Type: kind, SendFor: "first_time", Recovery: true}
	for i := 0; i < len(options); i += 2 {
		a.Options = append(a.Options, census.NamedValue{Name: options[i], Value: options[i+1]})
	}
	return a
}

var (
	failure  = setting("FailureAlertConfiguration")
	fullSync = setting("FullSyncTriggerAlertConfiguration")
	deviates = setting("RecordCountDeviationAlertConfiguration", "threshold", "20", "record_type", "source_record_count", "past_runs", "3")
)

func invalidOver(percent ...string) census.AlertSetting {
	if len(percent) == 0 {
		return setting(census.AlertInvalidRecords)
	}
	return setting(census.AlertInvalidRecords, "threshold", percent[0])
}

func runtime(threshold, unit, start string) census.AlertSetting {
	return setting("RuntimeAlertConfiguration", "threshold", threshold, "unit", unit, "start_type", start)
}

// Each rule of Census's settings: when it fires, since when, when it is resolved, and when it
// cannot be judged.
func TestRulesOfCensus(t *testing.T) {
	ok := is()
	hour := func(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
	for _, c := range []struct {
		name    string
		setting census.AlertSetting
		runs    []census.SyncRun
		more    bool
		want    State
		since   time.Duration // before noon; 0: not known
		run     int           // of runs; -1: none
		value   float64
		says    string
	}{
		{"no runs", failure, nil, false, "", 0, -1, 0, ""},
		{"succeeds", failure, runs(ok, ok), true, "", 0, -1, 0, ""},
		{"fails once", failure, runs(is(failed), ok), true, Firing, hour(1) - time.Minute, 0, 0, "The last finished run failed (AUTH)."},
		{"fails for long", failure, runs(is(failed), is(failed), ok), true, Firing, hour(2) - time.Minute, 0, 0, "The last 2 finished runs failed (AUTH)."},
		{"may have failed before", failure, runs(is(failed), is(failed)), true, Firing, 0, 0, 0, "The last 2 finished runs failed (AUTH)."},
		{"always failed", failure, runs(is(failed), is(failed)), false, Firing, hour(2) - time.Minute, 0, 0, "last 2"},
		{"fails without an end", failure, runs(is(failed, open)), false, Firing, hour(1), 0, 0, "failed"},
		{"skipped, canceled, dry and working ones do not count", failure, runs(is(working), is(skipped), is(dry), is(canceled), is(failed), ok), true, Firing, hour(5) - time.Minute, 4, 0, "The last finished run failed"},
		{"recovers", failure, runs(ok, ok, is(failed), ok), true, Resolved, hour(2) - time.Minute, 1, 0, "The run did not fail."},
		{"only skipped ones seen", failure, runs(is(skipped), is(skipped)), true, Unknown, 0, -1, 0, "None of the last 2 runs tells whether it fires."},
		{"only a run of the future", failure, []census.SyncRun{run(-time.Hour, failed)}, false, "", 0, -1, 0, ""},

		{"some rejected", invalidOver("75"), runs(is(rejected(750)), ok), true, "", 0, -1, 0, ""},
		{"too many rejected", invalidOver("75"), runs(is(rejected(760)), ok), true, Firing, hour(1) - time.Minute, 0, 76, "76.0 % of the run's records were rejected or invalid; the alert allows 75 %."},
		{"too many invalid", invalidOver("75"), runs(is(invalid(4000)), ok), true, Firing, hour(1) - time.Minute, 0, 80, "80.0 %"},
		{"the threshold of Census", invalidOver(), runs(is(rejected(760)), ok), true, Firing, hour(1) - time.Minute, 0, 76, "allows 75 %"},
		{"any", invalidOver("0"), runs(is(rejected(1)), ok), true, Firing, hour(1) - time.Minute, 0, .1, "allows 0 %"},
		{"none of any", invalidOver("0"), runs(ok, ok), true, "", 0, -1, 0, ""},
		{"a failed run says nothing of records", invalidOver("1"), runs(is(failed), is(rejected(20)), ok), true, Firing, hour(2) - time.Minute, 1, 2, "2.0 %"},
		{"a failed run that lost records", invalidOver("1"), runs(is(failed, rejected(20)), ok), true, Firing, hour(1) - time.Minute, 0, 2, "2.0 %"},
		{"fewer again", invalidOver("1"), runs(is(rejected(5)), is(rejected(20))), true, Resolved, hour(1) - time.Minute, 0, .5, "0.5 %"},
		{"an invalid threshold", invalidOver("many"), runs(ok), true, Unknown, 0, -1, 0, `The alert cannot be judged: its threshold, "many", is not a number from 0 on.`},
		{"a threshold beyond all", invalidOver("101"), runs(ok), true, Unknown, 0, -1, 0, "more than 100 %"},

		{"not full", fullSync, runs(ok, ok), true, "", 0, -1, 0, ""},
		{"full", fullSync, runs(is(full), ok), true, Firing, hour(1), 0, 0, "The run is a full sync."},
		{"full and in progress", fullSync, runs(is(full, working), ok), true, Firing, hour(1), 0, 0, "The run is a full sync."},
		{"the first", fullSync, runs(is(full)), false, "", 0, -1, 0, ""},
		{"the first seen", fullSync, runs(is(full)), true, Firing, 0, 0, 0, "full"},
		{"dry runs are full", fullSync, runs(is(full, dry), ok), true, "", 0, -1, 0, ""},
		{"full before, and one in progress", fullSync, runs(is(working), is(full), ok), true, Firing, hour(2), 1, 0, "full"},
		{"not full any more", fullSync, runs(ok, is(full), ok), true, Resolved, hour(1) - time.Minute, 0, 0, "The run was not a full sync."},

		{"in time", runtime("30", "minutes", "actual"), runs(is(took(30 * time.Minute))), true, "", 0, -1, 0, ""},
		{"too long", runtime("30", "minutes", "actual"), runs(is(took(31*time.Minute)), ok), true, Firing, 30 * time.Minute, 0, 31 * 60, "The run took 31m0s since its creation; the alert allows 30m0s."},
		{"too long since it was scheduled", runtime("1", "hours", "scheduled"), runs(is(took(31*time.Minute), scheduled(30*time.Minute)), ok), true, Firing, hour(.5), 0, 61 * 60, "since its scheduled time"},
		{"scheduled, but by hand", runtime("1", "Hour", "scheduled"), runs(is(took(31 * time.Minute))), true, "", 0, -1, 0, ""},
		{"in progress and in time", runtime("90", "minutes", "actual"), runs(is(working), is(took(hour(2))), ok), true, Firing, hour(.5), 1, 7200, "took 2h0m0s"},
		{"in progress for too long", runtime("45", "minutes", "actual"), runs(is(working), ok), true, Firing, 15 * time.Minute, 0, 3600, "The run has taken 1h0m0s since its creation"},
		{"in time again", runtime("45", "minutes", "actual"), runs(ok, is(took(hour(.8)))), true, Resolved, hour(1) - time.Minute, 0, 60, "took 1m0s"},
		{"without an end", runtime("45", "minutes", "actual"), runs(is(failed, open), ok), true, "", 0, -1, 0, ""},
		{"an unknown unit", runtime("45", "fortnights", "actual"), runs(ok), true, Unknown, 0, -1, 0, `its unit, "fortnights", is unknown`},
		{"no threshold", runtime("", "minutes", "actual"), runs(ok), true, Unknown, 0, -1, 0, "it has no threshold"},
		{"a threshold of ages", runtime("1e9", "days", "actual"), runs(ok), true, Unknown, 0, -1, 0, "its threshold, 1e+09 days, is too long"},

		{"as ever", deviates, runs(is(counted(1200)), ok, ok, ok), true, "", 0, -1, 0, ""},
		{"more than ever", deviates, runs(is(counted(1201)), ok, ok, ok, is(counted(9e9))), true, Firing, 0, 0, 20.1, "source_record_count of the run deviates by 20.1 % from the mean of the 3 runs before; the alert allows 20 %."},
		{"fewer than ever", deviates, runs(is(counted(0)), ok, ok, ok), true, Firing, 0, 0, 100, "deviates by 100.0 %"},
		{"since when", deviates, runs(is(counted(0)), ok, ok, ok, ok), true, Firing, hour(1) - time.Minute, 0, 100, "100.0 %"},
		{"failed and uncounted runs do not count", deviates, runs(is(failed), is(counted(0)), is(uncounted), ok, is(failed), ok, ok), true, Firing, 0, 1, 100, "the 3 runs before"},
		{"too few before", deviates, runs(is(counted(0)), ok, ok), true, Unknown, 0, 0, 0, "There are too few runs to compare the run with (2)."},
		{"from nothing", deviates, runs(ok, is(counted(0)), is(counted(0)), is(counted(0))), true, Firing, 0, 0, 0, "source_record_count of the run is not 0, as it was in the 3 runs before."},
		{"nothing as ever", deviates, runs(is(counted(0)), is(counted(0)), is(counted(0)), is(counted(0))), true, "", 0, -1, 0, ""},
		{"as ever again", deviates, runs(ok, is(counted(1300)), ok, ok, ok), true, Resolved, hour(1) - time.Minute, 0, 100 - 1000/11., "9.1 %"},
		{"of two runs, by the other name of the threshold", setting("RecordCountDeviationAlertConfiguration", "percent", "50", "record_type", "records_processed", "number_of_runs", "2"), runs(is(func(r *census.SyncRun) { r.RecordsProcessed = known(100) }), ok, ok), false, Firing, 0, 0, 90, "records_processed"},
		{"an unknown type of records", setting("RecordCountDeviationAlertConfiguration", "threshold", "50", "record_type", "gold"), runs(ok), true, Unknown, 0, -1, 0, `its type of records, "gold", is unknown`},
		{"an invalid number of runs", setting("RecordCountDeviationAlertConfiguration", "threshold", "50", "record_type", "records_failed", "runs", "0"), runs(ok), true, Unknown, 0, -1, 0, `its number of past runs, "0", is not`},

		{"events", setting("StatusAlertConfiguration", "status_name", "completed"), runs(ok), true, Unknown, 0, -1, 0, "which is an event and not a state"},
		{"what nobody knows", setting("MoonAlertConfiguration"), runs(ok), true, Unknown, 0, -1, 0, `its type, "MoonAlertConfiguration", is unknown`},
	} {
		sync := &census.Sync{ID: 52, Paused: true, Alerts: []census.AlertSetting{c.setting}} // so that the gateway's own say nothing
		all := Of(sync, c.runs, c.more, noon)
		if c.want == "" {
			if len(all) > 0 {
				t.Errorf("%s: %+v", c.name, all)
			}
			continue
		}
		if len(all) != 1 {
			t.Errorf("%s: %d alerts", c.name, len(all))
			continue
		}
		a := all[0]
		var since census.DateTime
		if c.since != 0 {
			since = ago(c.since)
		}
		if a.State != c.want || a.Since != since || !strings.Contains(a.Message, c.says) {
			t.Errorf("%s: %s since %s: %s; want %s since %s: %s", c.name, a.State, a.Since, a.Message, c.want, since, c.says)
		}
		if c.run < 0 && a.Run != nil || c.run >= 0 && (a.Run == nil || a.Run.ID != c.runs[c.run].ID) {
			t.Errorf("%s: judged by %+v, want run %d", c.name, a.Run, c.run)
		}
		if value := a.Value; (value == nil) != (c.value == 0) || value != nil && (*value-c.value > 1e-9 || c.value-*value > 1e-9) {
			t.Errorf("%s: a value of %v, want %v", c.name, value, c.value)
		}
		if a.Rule != ruleOf(c.setting.Type) || a.Origin != CensusSettings || a.ID != "SyncAlert:52:"+string(a.Rule)+":CENSUS_SETTINGS:7" || a.EveryTime || !a.Recovery {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

// The gateway's own rules apply each for itself, whatever the state of the sync.
func TestRulesOfTheGateway(t *testing.T) {
	hourly := census.Sync{ID: 52, Schedule: census.SyncSchedule{Frequency: ptr("hourly"), Minute: ptr(int32(0))}}
	for _, c := range []struct {
		name string
		runs []census.SyncRun
		more bool
		want []string // rule, since and value
	}{
		{"well", runs(is(), is()), true, nil},
		{"late, and failing", []census.SyncRun{run(5*time.Hour, failed), run(6*time.Hour, failed)}, true, []string{"LATE 08:00 14400 of 3600"}},
		{"late, and never ran", nil, false, nil},
		{"stuck", []census.SyncRun{run(7*time.Hour, working), run(8 * time.Hour)}, true, []string{"STUCK 05:00 25200 of 3600"}},
		{"stuck, with skipped runs", []census.SyncRun{run(15*time.Minute, skipped), run(16*time.Minute, skipped), run(17*time.Minute, skipped), run(18*time.Minute, working), run(3 * time.Hour)}, true,
			[]string{"STUCK 11:42 1080 of 900", "SKIPPED 11:43 3 of 3"}},
		{"skipped", runs(is(skipped), is(skipped), is(skipped), is()), true, []string{"SKIPPED 09:00 3 of 3"}},
		{"skipped behind an unknown run", runs(is(skipped), is(skipped), is(skipped)), true, []string{"STUCK - 10800 of 3600", "SKIPPED - 3 of 3"}},
		{"skipped twice", runs(is(skipped), is(skipped), is()), true, nil},
	} {
		told := func(sync census.Sync) (all []string) {
			for _, a := range Of(&sync, c.runs, c.more, noon) {
				since := "-"
				if a.Since != 0 {
					since = a.Since.Time().Format("15:04")
				}
				all = append(all, string(a.Rule)+" "+since+" "+number(*a.Value)+" of "+number(*a.Threshold))
				if a.ID != "SyncAlert:52:"+string(a.Rule)+":GATEWAY_RULE" || a.State != Firing || a.EveryTime || !a.Recovery || !strings.HasSuffix(a.Message, ".") {
					t.Errorf("%s: %+v", c.name, a)
				}
			}
			return all
		}
		if got := told(hourly); strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		paused := hourly
		paused.Paused = true
		if got := told(paused); got != nil {
			t.Errorf("%s, paused: %q", c.name, got)
		}
	}
}

// An id is the same whatever else fires, and no two are alike.
func TestIDs(t *testing.T) {
	strict, twin := invalidOver("1"), invalidOver("75")
	bare := failure
	bare.ID = 0
	sync := &census.Sync{ID: 52, Alerts: []census.AlertSetting{failure, twin, strict, bare, bare}}
	ids := func(newest ...change) (all []string) {
		for _, a := range Of(sync, []census.SyncRun{run(time.Minute, newest...), run(time.Hour)}, true, noon) {
			all = append(all, strings.TrimPrefix(a.ID, "SyncAlert:52:"))
		}
		return all
	}
	for got, want := range map[string]string{
		strings.Join(ids(rejected(20)), " "):          "FAILED_RECORDS:CENSUS_SETTINGS:7:1",
		strings.Join(ids(rejected(900)), " "):         "FAILED_RECORDS:CENSUS_SETTINGS:7 FAILED_RECORDS:CENSUS_SETTINGS:7:1",
		strings.Join(ids(failed), " "):                "FAILED_RUN:CENSUS_SETTINGS:7 FAILED_RUN:CENSUS_SETTINGS:0 FAILED_RUN:CENSUS_SETTINGS:0:1",
		strings.Join(ids(failed, rejected(900)), " "): "FAILED_RUN:CENSUS_SETTINGS:7 FAILED_RECORDS:CENSUS_SETTINGS:7 FAILED_RECORDS:CENSUS_SETTINGS:7:1 FAILED_RUN:CENSUS_SETTINGS:0 FAILED_RUN:CENSUS_SETTINGS:0:1",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
