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

// A change modifies the successful run that a test starts from.
type change func(*census.SyncRun)

// run returns a run that was created the given time before noon and succeeded after a minute,
// unless changed.
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

// runs returns hourly runs, newest first. Each argument holds the changes of one run.
func runs(changes ...[]change) (all []census.SyncRun) {
	for i, c := range changes {
		all = append(all, run(time.Duration(i+1)*time.Hour, c...))
	}
	return all
}

func with(c ...change) []change { return c }

// setting returns an alert of Census with options: names and values in turn.
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

// Tests of each rule of Census's settings: when it fires, since when, when it is resolved, and when
// it cannot be evaluated.
func TestRulesOfCensus(t *testing.T) {
	ok := with()
	hour := func(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
	for _, c := range []struct {
		name    string
		setting census.AlertSetting
		runs    []census.SyncRun
		more    bool
		want    State
		since   time.Duration // before noon; 0: unknown
		run     int           // index in runs; -1: none
		value   float64
		says    string
	}{
		{"no runs", failure, nil, false, "", 0, -1, 0, ""},
		{"succeeds", failure, runs(ok, ok), true, "", 0, -1, 0, ""},
		{"fails once", failure, runs(with(failed), ok), true, Firing, hour(1) - time.Minute, 0, 0, "The last finished run failed (AUTH)."},
		{"fails for long", failure, runs(with(failed), with(failed), ok), true, Firing, hour(2) - time.Minute, 0, 0, "The last 2 finished runs failed (AUTH)."},
		{"may have failed before the given runs", failure, runs(with(failed), with(failed)), true, Firing, 0, 0, 0, "The last 2 finished runs failed (AUTH)."},
		{"always failed", failure, runs(with(failed), with(failed)), false, Firing, hour(2) - time.Minute, 0, 0, "last 2"},
		{"fails without an end", failure, runs(with(failed, open)), false, Firing, hour(1), 0, 0, "failed"},
		{"skipped, canceled, dry and working runs are ignored", failure, runs(with(working), with(skipped), with(dry), with(canceled), with(failed), ok), true, Firing, hour(5) - time.Minute, 4, 0, "The last finished run failed"},
		{"recovers", failure, runs(ok, ok, with(failed), ok), true, Resolved, hour(2) - time.Minute, 1, 0, "The run did not fail."},
		{"only skipped runs", failure, runs(with(skipped), with(skipped)), true, Unknown, 0, -1, 0, "The rule applies to none of the last 2 runs."},
		{"only a run in the future", failure, []census.SyncRun{run(-time.Hour, failed)}, false, "", 0, -1, 0, ""},

		{"rejected records at the threshold", invalidOver("75"), runs(with(rejected(750)), ok), true, "", 0, -1, 0, ""},
		{"too many rejected records", invalidOver("75"), runs(with(rejected(760)), ok), true, Firing, hour(1) - time.Minute, 0, 76, "76.0 % of the run's records were rejected or invalid; the alert allows 75 %."},
		{"too many invalid records", invalidOver("75"), runs(with(invalid(4000)), ok), true, Firing, hour(1) - time.Minute, 0, 80, "80.0 %"},
		{"the default threshold of Census", invalidOver(), runs(with(rejected(760)), ok), true, Firing, hour(1) - time.Minute, 0, 76, "allows 75 %"},
		{"threshold 0, one rejected record", invalidOver("0"), runs(with(rejected(1)), ok), true, Firing, hour(1) - time.Minute, 0, .1, "allows 0 %"},
		{"threshold 0, no rejected record", invalidOver("0"), runs(ok, ok), true, "", 0, -1, 0, ""},
		{"a failed run without rejected records is ignored", invalidOver("1"), runs(with(failed), with(rejected(20)), ok), true, Firing, hour(2) - time.Minute, 1, 2, "2.0 %"},
		{"a failed run with rejected records", invalidOver("1"), runs(with(failed, rejected(20)), ok), true, Firing, hour(1) - time.Minute, 0, 2, "2.0 %"},
		{"back below the threshold", invalidOver("1"), runs(with(rejected(5)), with(rejected(20))), true, Resolved, hour(1) - time.Minute, 0, .5, "0.5 %"},
		{"an invalid threshold", invalidOver("many"), runs(ok), true, Unknown, 0, -1, 0, `The alert cannot be evaluated: its threshold, "many", is not a number of at least 0.`},
		{"a threshold over 100 %", invalidOver("101"), runs(ok), true, Unknown, 0, -1, 0, "more than 100 %"},

		{"not a full sync", fullSync, runs(ok, ok), true, "", 0, -1, 0, ""},
		{"a full sync", fullSync, runs(with(full), ok), true, Firing, hour(1), 0, 0, "The run is a full sync."},
		{"full and in progress", fullSync, runs(with(full, working), ok), true, Firing, hour(1), 0, 0, "The run is a full sync."},
		{"the first run of the sync", fullSync, runs(with(full)), false, "", 0, -1, 0, ""},
		{"the oldest given run", fullSync, runs(with(full)), true, Firing, 0, 0, 0, "full"},
		{"a full dry run", fullSync, runs(with(full, dry), ok), true, "", 0, -1, 0, ""},
		{"a full sync before a run in progress", fullSync, runs(with(working), with(full), ok), true, Firing, hour(2), 1, 0, "full"},
		{"not a full sync, after a full one", fullSync, runs(ok, with(full), ok), true, Resolved, hour(1) - time.Minute, 0, 0, "The run was not a full sync."},

		{"not too long", runtime("30", "minutes", "actual"), runs(with(took(30 * time.Minute))), true, "", 0, -1, 0, ""},
		{"too long", runtime("30", "minutes", "actual"), runs(with(took(31*time.Minute)), ok), true, Firing, 30 * time.Minute, 0, 31 * 60, "The run took 31m0s since its creation; the alert allows 30m0s."},
		{"too long since the scheduled time", runtime("1", "hours", "scheduled"), runs(with(took(31*time.Minute), scheduled(30*time.Minute)), ok), true, Firing, hour(.5), 0, 61 * 60, "since its scheduled time"},
		{"scheduled start, but a run started by hand", runtime("1", "Hour", "scheduled"), runs(with(took(31 * time.Minute))), true, "", 0, -1, 0, ""},
		{"in progress, not too long", runtime("90", "minutes", "actual"), runs(with(working), with(took(hour(2))), ok), true, Firing, hour(.5), 1, 7200, "took 2h0m0s"},
		{"in progress for too long", runtime("45", "minutes", "actual"), runs(with(working), ok), true, Firing, 15 * time.Minute, 0, 3600, "The run has taken 1h0m0s since its creation"},
		{"not too long, after a long one", runtime("45", "minutes", "actual"), runs(ok, with(took(hour(.8)))), true, Resolved, hour(1) - time.Minute, 0, 60, "took 1m0s"},
		{"a run without an end", runtime("45", "minutes", "actual"), runs(with(failed, open), ok), true, "", 0, -1, 0, ""},
		{"an unknown unit", runtime("45", "fortnights", "actual"), runs(ok), true, Unknown, 0, -1, 0, `its unit, "fortnights", is unknown`},
		{"no threshold", runtime("", "minutes", "actual"), runs(ok), true, Unknown, 0, -1, 0, "it has no threshold"},
		{"a threshold too long for a duration", runtime("1e9", "days", "actual"), runs(ok), true, Unknown, 0, -1, 0, "its threshold, 1e+09 days, is too long"},

		{"as before", deviates, runs(with(counted(1200)), ok, ok, ok), true, "", 0, -1, 0, ""},
		{"more than before", deviates, runs(with(counted(1201)), ok, ok, ok, with(counted(9e9))), true, Firing, 0, 0, 20.1, "source_record_count of the run deviates by 20.1 % from the mean of the 3 runs before; the alert allows 20 %."},
		{"fewer than before", deviates, runs(with(counted(0)), ok, ok, ok), true, Firing, 0, 0, 100, "deviates by 100.0 %"},
		{"since a known time", deviates, runs(with(counted(0)), ok, ok, ok, ok), true, Firing, hour(1) - time.Minute, 0, 100, "100.0 %"},
		{"failed runs and runs without counts are ignored", deviates, runs(with(failed), with(counted(0)), with(uncounted), ok, with(failed), ok, ok), true, Firing, 0, 1, 100, "the 3 runs before"},
		{"too few earlier runs", deviates, runs(with(counted(0)), ok, ok), true, Unknown, 0, 0, 0, "There are too few earlier runs to compare with (2)."},
		{"more than 0, after 0", deviates, runs(ok, with(counted(0)), with(counted(0)), with(counted(0))), true, Firing, 0, 0, 0, "source_record_count of the run is not 0, as it was in the 3 runs before."},
		{"0, after 0", deviates, runs(with(counted(0)), with(counted(0)), with(counted(0)), with(counted(0))), true, "", 0, -1, 0, ""},
		{"as before, after a deviation", deviates, runs(ok, with(counted(1300)), ok, ok, ok), true, Resolved, hour(1) - time.Minute, 0, 100 - 1000/11., "9.1 %"},
		{"two past runs, threshold named percent", setting("RecordCountDeviationAlertConfiguration", "percent", "50", "record_type", "records_processed", "number_of_runs", "2"), runs(with(func(r *census.SyncRun) { r.RecordsProcessed = known(100) }), ok, ok), false, Firing, 0, 0, 90, "records_processed"},
		{"an unknown type of records", setting("RecordCountDeviationAlertConfiguration", "threshold", "50", "record_type", "gold"), runs(ok), true, Unknown, 0, -1, 0, `its type of records, "gold", is unknown`},
		{"an invalid number of runs", setting("RecordCountDeviationAlertConfiguration", "threshold", "50", "record_type", "records_failed", "runs", "0"), runs(ok), true, Unknown, 0, -1, 0, `its number of past runs, "0", is not`},

		{"an alert about events", setting("StatusAlertConfiguration", "status_name", "completed"), runs(ok), true, Unknown, 0, -1, 0, "which is an event and not a state"},
		{"an unknown type of alert", setting("MoonAlertConfiguration"), runs(ok), true, Unknown, 0, -1, 0, `its type, "MoonAlertConfiguration", is unknown`},
	} {
		sync := &census.Sync{ID: 52, Paused: true, Alerts: []census.AlertSetting{c.setting}} // paused, so that the gateway's own rules do not apply
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
			t.Errorf("%s: decided by %+v, want run %d", c.name, a.Run, c.run)
		}
		if value := a.Value; (value == nil) != (c.value == 0) || value != nil && (*value-c.value > 1e-9 || c.value-*value > 1e-9) {
			t.Errorf("%s: value %v, want %v", c.name, value, c.value)
		}
		if a.Rule != ruleOf(c.setting.Type) || a.Origin != CensusSettings || a.ID != "SyncAlert:52:"+string(a.Rule)+":CENSUS_SETTINGS:7" || a.EveryTime || !a.Recovery {
			t.Errorf("%s: %+v", c.name, a)
		}
	}
}

// The gateway's own rules are independent of each other and of the state of the sync.
func TestRulesOfTheGateway(t *testing.T) {
	hourly := census.Sync{ID: 52, Schedule: census.SyncSchedule{Frequency: ptr("hourly"), Minute: ptr(int32(0))}}
	for _, c := range []struct {
		name string
		runs []census.SyncRun
		more bool
		want []string // rule, since and value
	}{
		{"no trouble", runs(with(), with()), true, nil},
		{"late, and failing", []census.SyncRun{run(5*time.Hour, failed), run(6*time.Hour, failed)}, true, []string{"LATE 08:00 14400 of 3600"}},
		{"late, and never ran", nil, false, nil},
		{"stuck", []census.SyncRun{run(7*time.Hour, working), run(8 * time.Hour)}, true, []string{"STUCK 05:00 25200 of 3600"}},
		{"stuck, with skipped runs", []census.SyncRun{run(15*time.Minute, skipped), run(16*time.Minute, skipped), run(17*time.Minute, skipped), run(18*time.Minute, working), run(3 * time.Hour)}, true,
			[]string{"STUCK 11:42 1080 of 900", "SKIPPED 11:43 3 of 3"}},
		{"skipped", runs(with(skipped), with(skipped), with(skipped), with()), true, []string{"SKIPPED 09:00 3 of 3"}},
		{"skipped behind an unknown run", runs(with(skipped), with(skipped), with(skipped)), true, []string{"STUCK - 10800 of 3600", "SKIPPED - 3 of 3"}},
		{"skipped twice", runs(with(skipped), with(skipped), with()), true, nil},
	} {
		alertsFor := func(sync census.Sync) (all []string) {
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
		if got := alertsFor(hourly); strings.Join(got, ", ") != strings.Join(c.want, ", ") {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		paused := hourly
		paused.Paused = true
		if got := alertsFor(paused); got != nil {
			t.Errorf("%s, paused: %q", c.name, got)
		}
	}
}

// An id does not depend on which other alerts fire, and ids are unique.
func TestAlertIDs(t *testing.T) {
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
