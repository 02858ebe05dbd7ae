package health

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/census"
)

func ptr[T any](v T) *T { return &v }

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

func beforeNoon(d time.Duration) census.DateTime { return census.DateTime(noon.Add(-d).UnixMilli()) }

// A change modifies the run, which is a plain success.
type change func(*census.SyncRun)

// run returns a run that was queued the given time ago and succeeded after a minute, with
// changes.
func run(before time.Duration, changes ...change) census.SyncRun {
	r := census.SyncRun{
		ID: census.SyncRunID(1e9 - before/time.Second), SyncID: 52, Status: census.StatusCompleted, RawStatus: "completed",
		CreatedAt: beforeNoon(before), CompletedAt: beforeNoon(before - time.Minute),
		RecordsProcessed: census.Count{N: 1000, Known: true},
	}
	for _, c := range changes {
		c(&r)
	}
	return r
}

func failed(r *census.SyncRun)       { r.Status, r.ErrorCode = census.StatusFailed, ptr("AUTH") }
func notCompleted(r *census.SyncRun) { r.CompletedAt = 0 }
func skipped(r *census.SyncRun)      { r.Status, r.CompletedAt = census.StatusSkipped, 0 }
func working(r *census.SyncRun)      { r.Status, r.CompletedAt = census.StatusWorking, 0 }
func canceled(r *census.SyncRun)     { r.Canceled = true }
func unknownStatus(r *census.SyncRun) {
	r.Status, r.RawStatus, r.CompletedAt = census.StatusUnknown, "awaiting", 0
}
func full(r *census.SyncRun) { r.FullSync = true }
func dry(r *census.SyncRun) {
	r.SyncTriggerReason = &census.SyncTriggerReason{UITag: ptr("Dry Run")}
}
func startedManually(r *census.SyncRun) {
	r.SyncTriggerReason = &census.SyncTriggerReason{UITag: ptr("Manual")}
}
func unknownProcessed(r *census.SyncRun) { r.RecordsProcessed = census.Count{} }
func lasting(d time.Duration) change {
	return func(r *census.SyncRun) { r.CompletedAt = r.CreatedAt + census.DateTime(d.Milliseconds()) }
}
func rejectedRecords(n int64) change {
	return func(r *census.SyncRun) { r.RecordsFailed = census.Count{N: n, Known: true} }
}
func invalidRecords(n int64) change {
	return func(r *census.SyncRun) { r.SourceRecordInvalids = census.Count{N: n, Known: true} }
}

func scheduled(in time.Duration) change {
	return func(r *census.SyncRun) { r.ScheduledExecutionTime = beforeNoon(-in) }
}

// hourlyRuns returns n such runs, one each hour. The newest was queued the given time ago.
func hourlyRuns(newest time.Duration, n int, changes ...change) (runs []census.SyncRun) {
	for i := range n {
		runs = append(runs, run(newest+time.Duration(i)*time.Hour, changes...))
	}
	return runs
}

func join(parts ...[]census.SyncRun) (all []census.SyncRun) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func onlyRun(r census.SyncRun) []census.SyncRun { return []census.SyncRun{r} }

func withFrequency(frequency string) census.Sync {
	return census.Sync{ID: 52, CreatedAt: beforeNoon(1000 * time.Hour), Schedule: census.SyncSchedule{Frequency: &frequency}}
}

func TestRules(t *testing.T) {
	const m, h = time.Minute, time.Hour
	every, never := withFrequency("hourly"), withFrequency("never")
	halted := every
	halted.Paused = true
	edited := every
	edited.UpdatedAt = beforeNoon(50 * m)
	timeless, lately, unborn := every, every, every
	timeless.CreatedAt, timeless.UpdatedAt = beforeNoon(-9000*h), beforeNoon(-9000*h)
	lately.UpdatedAt = beforeNoon(-9000 * h)
	unborn.CreatedAt = beforeNoon(-h)
	odd := withFrequency("expression")
	odd.Schedule.CronExpression = ptr("0 5 L * *")
	fortnightly, weekly, untold := withFrequency("fortnightly"), withFrequency("weekly"), withFrequency("")
	weekly.Schedule.Hour = ptr[int32](5)
	haltedOdd := odd
	haltedOdd.Paused = true
	changed := never
	changed.UpdatedAt = beforeNoon(2 * h)
	lossy := func(thresholds ...string) census.Sync {
		s := never
		for _, threshold := range thresholds {
			s.Alerts = append(s.Alerts, census.AlertSetting{Type: "FailureAlertConfiguration", Options: []census.NamedValue{{Name: "threshold", Value: "0"}}},
				census.AlertSetting{Type: census.AlertInvalidRecords, Options: []census.NamedValue{{Name: "threshold", Value: threshold}}})
		}
		return s
	}
	for _, test := range []struct {
		name   string
		sync   census.Sync
		runs   []census.SyncRun
		more   bool
		state  State
		since  census.DateTime
		reason string // a part of it
	}{
		{"paused and failing", halted, hourlyRuns(5*h, 9, failed), false, Paused, 0, "paused; it has never succeeded"},
		{"no runs", never, nil, false, NeverRan, never.CreatedAt, "The sync has never run."},
		{"no runs, and there should be", every, nil, false, NeverRan, every.CreatedAt, "its schedule would have started it 41 days ago"},
		{"only a dry run", never, onlyRun(run(h, dry)), false, NeverRan, never.CreatedAt, "only been tried in dry runs"},
		{"only a dry run in sight", never, onlyRun(run(h, dry)), true, Unknown, 0, "None of the last 1 runs has finished"},
		{"no run in sight", never, nil, true, Unknown, 0, "No run was read"},

		{"long, not too long", never, join(onlyRun(run(59*m, working)), hourlyRuns(2*h, 5)), true, Healthy, 0, ""},
		{"too long", never, join(onlyRun(run(61*m, working)), hourlyRuns(2*h, 5)), true, Stuck, beforeNoon(61 * m), "in progress for 61 minutes; the longest recent run took 1 minute."},
		{"long as ever", never, join(onlyRun(run(5*h, working)), onlyRun(run(9*h, lasting(2*h)))), true, Healthy, 0, ""},
		{"longer than ever", never, join(onlyRun(run(7*h, working)), onlyRun(run(12*h, lasting(2*h)))), true, Stuck, beforeNoon(7 * h), "took 2 hours"},
		{"first run, long", never, onlyRun(run(5*h, working)), false, Unknown, 0, "The only run has not finished; one has been in progress for 5 hours"},
		{"first run, too long", never, onlyRun(run(7*h, working)), false, Stuck, beforeNoon(7 * h), "no finished run to compare it with"},
		{"full sync among others", never, join(onlyRun(run(5*h, working, full)), hourlyRuns(6*h, 5)), true, Healthy, 0, ""},
		{"full sync, too long", never, join(onlyRun(run(5*h, working, full)), onlyRun(run(20*h, full))), true, Stuck, beforeNoon(5 * h), ""},
		{"a dry run too long", never, join(onlyRun(run(5*h, working, dry)), hourlyRuns(6*h, 5)), true, Stuck, beforeNoon(5 * h), ""},

		{"three skipped behind it", never, join(onlyRun(run(1*m, skipped)), onlyRun(run(10*m, skipped)), onlyRun(run(20*m, skipped)), onlyRun(run(40*m, working)), hourlyRuns(2*h, 3)),
			true, Stuck, beforeNoon(40 * m), "in progress for 40 minutes, and the 3 runs since were skipped; the longest recent run took 1 minute."},
		{"three skipped, as ever", never, join(onlyRun(run(1*m, skipped)), onlyRun(run(10*m, skipped)), onlyRun(run(20*m, skipped)), onlyRun(run(40*m, working)), onlyRun(run(2*h, lasting(30*m)))),
			true, Degraded, beforeNoon(20 * m), "The last 3 runs were skipped"},
		{"two skipped", never, join(onlyRun(run(10*m, skipped)), onlyRun(run(20*m, skipped)), onlyRun(run(40*m, working)), hourlyRuns(2*h, 3)), true, Healthy, 0, ""},
		{"skipped behind something odd", never, join(hourlyRuns(1*m, 3, skipped), onlyRun(run(4*h, unknownStatus)), hourlyRuns(5*h, 3)), true, Stuck, beforeNoon(4 * h), ""},
		{"nothing but skipped", every, hourlyRuns(5*m, 25, skipped), true, Stuck, 0, "The last 25 runs were skipped, for at least 24 hours, behind a run that is further back."},
		{"nothing but skipped, for minutes", never, join(onlyRun(run(3*m, skipped)), onlyRun(run(2*m, skipped)), onlyRun(run(1*m, skipped))), true, Degraded, 0, ""},

		{"two failures", never, join(hourlyRuns(h, 2, failed), hourlyRuns(3*h, 3)), true, Failing, beforeNoon(2 * h), "The last 2 finished runs failed (AUTH); the last success was 2 hours ago."},
		{"failures and what does not count", never, join(onlyRun(run(10*m, dry)), onlyRun(run(20*m, canceled)), onlyRun(run(30*m, skipped)), hourlyRuns(h, 2, failed, notCompleted), hourlyRuns(3*h, 3)), true, Failing, beforeNoon(2 * h), ""},
		{"failures as far as seen", never, hourlyRuns(h, 5, failed), true, Failing, 0, "there is no success among the last 5 runs"},
		{"failures ever since", never, hourlyRuns(h, 5, failed), false, Failing, beforeNoon(5 * h), "it has never succeeded"},
		{"the only run failed", never, onlyRun(run(h, failed)), false, Failing, beforeNoon(h), "The only finished run failed (AUTH)"},
		{"failing and late", every, hourlyRuns(9*h, 5, failed), true, Failing, 0, ""},

		{"late", every, hourlyRuns(3*h+10*m, 5), true, Late, beforeNoon(3 * h), "The execution due at 2026-03-04 09:00 UTC has not begun, 3 hours later; the schedule is hourly."},
		{"late within the grace", every, hourlyRuns(110*m, 5), true, Healthy, 0, ""},
		{"late, but busy", every, join(onlyRun(run(50*m, working)), hourlyRuns(4*h, 5)), true, Healthy, 0, ""},
		{"late, but edited", edited, hourlyRuns(9*h, 5), true, Healthy, 0, ""},
		{"late in spite of a dry run", every, join(onlyRun(run(m, dry)), hourlyRuns(9*h, 5)), true, Late, beforeNoon(8 * h), ""},
		{"late and failed once", every, join(onlyRun(run(9*h, failed)), hourlyRuns(10*h, 5)), true, Late, beforeNoon(8 * h), ""},

		{"a failure", never, join(onlyRun(run(h, failed)), hourlyRuns(2*h, 5)), true, Degraded, beforeNoon(h), "The last finished run failed (AUTH); the last success was 119 minutes ago."},
		{"a failure, all that is seen", never, onlyRun(run(h, failed)), true, Degraded, beforeNoon(h), ""},
		{"refused records", never, join(hourlyRuns(h, 2, rejectedRecords(12)), onlyRun(run(3*h, failed)), hourlyRuns(4*h, 5)), true, Degraded, beforeNoon(3*h - m), "In the last finished run, 59 minutes ago, the destination rejected 12 records, 1.2 %."},
		{"few refused records", never, hourlyRuns(h, 5, rejectedRecords(10)), true, Healthy, 0, ""},
		{"refused and invalid records", never, hourlyRuns(h, 5, rejectedRecords(6), invalidRecords(6)), true, Degraded, 0, "the destination rejected 6 records and 6 were left out as invalid, 1.2 % together."},
		{"all refused, and nobody says of how many", never, hourlyRuns(h, 5, unknownProcessed, rejectedRecords(3)), true, Degraded, 0, "rejected 3 records, 100.0 %"},
		{"refused records, and an alert that allows them", lossy("75"), hourlyRuns(h, 5, rejectedRecords(700)), true, Healthy, 0, ""},
		{"more refused than the alert allows", lossy("75"), hourlyRuns(h, 5, rejectedRecords(760)), true, Degraded, 0, "rejected 760 records, 76.0 % (its alert allows 75 %)."},
		{"an alert on any", lossy("0"), hourlyRuns(h, 5, rejectedRecords(1)), true, Degraded, 0, "rejected 1 record, 0.1 % (its alert allows 0 %)."},
		{"the strictest of two alerts", lossy("75", "0.5"), hourlyRuns(h, 5, rejectedRecords(6)), true, Degraded, 0, "0.6 % (its alert allows 0.5 %)"},
		{"alerts that cannot be read", lossy("many", "-1", "101", "NaN", ""), hourlyRuns(h, 5, rejectedRecords(12)), true, Degraded, 0, "rejected 12 records, 1.2 %."},

		{"silent without a schedule", never, hourlyRuns(2*h+m, 6), true, Late, beforeNoon(h + m), "No run has begun for 2 hours; it has no schedule, and its last 6 runs that nobody started by hand came 1 hour apart at most."},
		{"silent for twice the pause", never, hourlyRuns(2*h, 6), true, Healthy, 0, ""},
		{"silent, but a habit of few", never, hourlyRuns(9*h, 5), true, Healthy, 0, ""},
		{"silent, but busy", never, join(onlyRun(run(50*m, working)), hourlyRuns(9*h, 6)), true, Healthy, 0, ""},
		{"silent, and started by hand", never, hourlyRuns(9*h, 25, startedManually), true, Healthy, 0, ""},
		{"silent, and started by hand meanwhile", never, join(onlyRun(run(100*m, startedManually)), hourlyRuns(9*h, 6)), true, Healthy, 0, ""},
		{"silent since it was started by hand", never, join(onlyRun(run(3*h, startedManually)), hourlyRuns(9*h, 6)), true, Late, beforeNoon(2 * h), "No run has begun for 3 hours"},
		{"silent, with pauses of all lengths", never, join(hourlyRuns(9*h, 6), onlyRun(run(20*h))), true, Healthy, 0, ""},
		{"silent for minutes", never, join(onlyRun(run(15*m)), onlyRun(run(16*m)), onlyRun(run(17*m)), onlyRun(run(18*m)), onlyRun(run(19*m)), onlyRun(run(20*m))), true, Healthy, 0, ""},
		{"silent since it was changed", changed, hourlyRuns(9*h, 6), true, Healthy, 0, ""},
		{"silent and failing", never, hourlyRuns(9*h, 9, failed), true, Failing, 0, ""},
		{"few invalid records", never, hourlyRuns(h, 5, invalidRecords(10)), true, Healthy, 0, ""},
		{"many invalid records", never, join(hourlyRuns(h, 2, invalidRecords(100)), hourlyRuns(3*h, 2)), true, Degraded, beforeNoon(2*h - m), "100 records, 9.1 %, were left out as invalid"},
		{"every other one failed", never, join(hourlyRuns(h, 1), hourlyRuns(2*h, 1, failed), hourlyRuns(3*h, 1), hourlyRuns(4*h, 1, failed), hourlyRuns(5*h, 1)), true, Degraded, 0, "2 of the last 5 finished runs failed, though not the last one."},
		{"few runs to tell by", never, join(hourlyRuns(h, 1), hourlyRuns(2*h, 1, failed), hourlyRuns(3*h, 1)), true, Healthy, beforeNoon(h - m), ""},
		{"four of five", never, join(hourlyRuns(h, 1), hourlyRuns(2*h, 1, failed), hourlyRuns(3*h, 3)), true, Healthy, beforeNoon(h - m), ""},

		{"healthy", every, hourlyRuns(10*m, 9), true, Healthy, 0, "The last finished run succeeded 9 minutes ago."},
		{"healthy all its life", every, hourlyRuns(10*m, 9), false, Healthy, beforeNoon(8*h + 10*m - m), ""},
		{"a schedule nobody reads", odd, hourlyRuns(960*h, 9), true, Unknown, 0,
			`It is unknown whether the sync is late, because its schedule, "0 5 L * *", cannot be parsed (day of the month "l" is not from 1 to 31); the last finished run succeeded 39 days ago.`},
		{"a frequency nobody knows", fortnightly, hourlyRuns(m, 9), true, Unknown, 0, `its schedule, "fortnightly", cannot be parsed (unknown frequency); the last finished run succeeded 0 seconds ago.`},
		{"weekly without a day", weekly, hourlyRuns(m, 9), true, Unknown, 0, `its schedule, weekly, cannot be parsed (no day)`},
		{"no frequency", untold, hourlyRuns(m, 9), true, Unknown, 0, `its schedule, "", cannot be parsed (no frequency)`},
		{"a schedule nobody reads, and no end", odd, onlyRun(run(m, working)), true, Unknown, 0, "no finished run is seen."},
		{"a schedule nobody reads, and failing", odd, hourlyRuns(m, 9, failed), true, Failing, 0, ""},
		{"a schedule nobody reads, and a failure", odd, join(hourlyRuns(m, 1, failed), hourlyRuns(h, 9)), true, Degraded, beforeNoon(m), ""},
		{"a schedule nobody reads, and stuck", odd, join(onlyRun(run(5*h, working)), hourlyRuns(6*h, 3)), true, Stuck, beforeNoon(5 * h), ""},
		{"a schedule nobody reads, and paused", haltedOdd, hourlyRuns(m, 9), true, Paused, 0, ""},
		{"a schedule nobody reads, and no run", odd, nil, false, NeverRan, odd.CreatedAt, `The sync has never run; its schedule, "0 5 L * *", cannot be parsed`},

		{"runs of the future alone", every, hourlyRuns(-9000*h, 3), true, Unknown, 0, "No run shows the state of the sync; 3 runs were created in the future, if Census is right."},
		{"the only run is of the future", every, onlyRun(run(-h)), false, Unknown, 0, "No run shows the state of the sync; 1 run was created in the future, if Census is right."},
		{"a dry run of the future alone", every, onlyRun(run(-h, dry)), false, NeverRan, every.CreatedAt, ""},
		{"a run of the future, then silence", every, join(onlyRun(run(-9000*h)), hourlyRuns(5*h+10*m, 5)), true, Late, beforeNoon(5 * h), ""},
		{"a run of the future in progress, then silence", every, join(onlyRun(run(-9000*h, working)), hourlyRuns(5*h+10*m, 5)), true, Late, beforeNoon(5 * h), ""},
		{"a failure of the future", every, join(hourlyRuns(-3*h, 2, failed), hourlyRuns(10*m, 5)), true, Healthy, 0, ""},
		{"a success of the future after failures", every, join(onlyRun(run(-h)), hourlyRuns(10*m, 5, failed)), false, Failing, beforeNoon(4*h + 10*m), "its last success is not known"},
		{"some minutes ahead", every, hourlyRuns(-4*m, 5), true, Healthy, 0, "0 seconds ago"},
		{"completed in the future", every, join(onlyRun(run(5*h+10*m, lasting(9000*h))), hourlyRuns(6*h, 5)), true, Late, beforeNoon(5 * h), ""},
		{"in progress behind one that took until the future", never, join(onlyRun(run(4*h, working)), onlyRun(run(5*h, lasting(9000*h))), hourlyRuns(6*h, 5)), true, Stuck, beforeNoon(4 * h), "the longest recent run took 1 minute"},
		{"in progress, and completed in the future", never, join(onlyRun(run(4*h, working, lasting(9000*h))), hourlyRuns(6*h, 5)), true, Stuck, beforeNoon(4 * h), ""},
		{"scheduled in the future", every, join(onlyRun(run(5*h+10*m, scheduled(9000*h))), hourlyRuns(6*h, 5)), true, Late, beforeNoon(5 * h), ""},
		{"changed in the future", lately, hourlyRuns(5*h+10*m, 5), true, Late, beforeNoon(5 * h), ""},
		{"made and changed in the future", timeless, hourlyRuns(5*h+10*m, 5), true, Late, beforeNoon(5 * h), ""},
		{"made in the future", unborn, nil, false, NeverRan, 0, ""},

		{"nothing but canceled", never, hourlyRuns(h, 4, canceled), false, Unknown, 0, "None of the 4 runs has finished."},
	} {
		got := Of(&test.sync, test.runs, test.more, noon)
		if got.State != test.state || got.Since != test.since || !strings.Contains(got.Reason, test.reason) {
			t.Errorf("%s: %s since %s: %s\nwant %s since %s: %s", test.name, got.State, got.Since, got.Reason, test.state, test.since, test.reason)
		}
	}
}

func TestNumbers(t *testing.T) {
	sync := withFrequency("hourly")
	for _, test := range []struct {
		name     string
		runs     []census.SyncRun
		now      time.Time
		failures int
		last     census.DateTime
		fresh    float64 // -1 for nil
		late     float64 // -1 for nil
	}{
		{"no runs", nil, noon, 0, 0, -1, 1000*3600 - 3600},
		{"a success", hourlyRuns(30*time.Minute, 3), noon, 0, beforeNoon(29 * time.Minute), 29 * 60, 0},
		{"three failures", join(hourlyRuns(time.Hour, 3, failed), hourlyRuns(4*time.Hour, 1)), noon, 3, beforeNoon(239 * time.Minute), 239 * 60, 0},
		{"late", hourlyRuns(150*time.Minute, 1), noon, 0, beforeNoon(149 * time.Minute), 149 * 60, 7200},
		{"a clock that is behind", hourlyRuns(0, 1), noon.Add(-4 * time.Minute), 0, beforeNoon(-time.Minute), 0, 0},
		{"a success in the future", hourlyRuns(-time.Hour, 1), noon, 0, 0, -1, -1},
		{"a success in the future, others before", join(hourlyRuns(-time.Hour, 1), hourlyRuns(150*time.Minute, 1)), noon, 0, beforeNoon(149 * time.Minute), 149 * 60, 7200},
		{"completed in the future", onlyRun(run(150*time.Minute, lasting(9000*time.Hour))), noon, 0, 0, -1, 7200},
		{"scheduled in the future", onlyRun(run(150*time.Minute, scheduled(9000*time.Hour))), noon, 0, beforeNoon(149 * time.Minute), 149 * 60, 7200},
	} {
		h := Of(&sync, test.runs, true, test.now)
		valueOf := func(f *float64) float64 {
			if f == nil {
				return -1
			}
			return *f
		}
		if h.ConsecutiveFailures != test.failures || h.LastSuccessAt != test.last || valueOf(h.FreshnessSeconds) != test.fresh || valueOf(h.LateBySeconds) != test.late {
			t.Errorf("%s: %+v, fresh %g, late %g", test.name, h, valueOf(h.FreshnessSeconds), valueOf(h.LateBySeconds))
		}
	}
}

// A row is a rule in docs/health.md: when it applies, and the meaning of Health.Since.
type row struct {
	state       State
	when, since string
}

var documented = []row{
	{Paused, "the sync is paused", "null"},
	{NeverRan, "the sync has no runs except dry runs", "when the sync was created"},
	{Stuck, fmt.Sprintf("a run has been in progress for more than %s and more than 3 times the longest recent run (%s if there is no run to compare with)", durationText(minStuckTime), durationText(stuckTimeOfFirstRun)),
		"when that run was queued"},
	{Stuck, fmt.Sprintf("at least %d runs in a row were skipped because of a run that has been in progress for more than %s and more than twice the longest recent run", minSkips, durationText(minStuckTimeIfSkipped)),
		"when that run was queued"},
	{Stuck, fmt.Sprintf("all runs seen were skipped: at least %d, over more than %s", minSkips, durationText(minStuckTime)),
		"null"},
	{Failing, fmt.Sprintf("the last %d finished runs failed, or every finished run of the sync", minFailures),
		"when the first of these runs in a row was queued; null if it may be older than the runs seen"},
	{Late, fmt.Sprintf("the next scheduled run is overdue by more than one interval (at least %s, at most %s), and no run is in progress", durationText(minGrace), durationText(maxGrace)),
		"when it was due"},
	{Late, fmt.Sprintf("the sync has no schedule, at least %d of its runs were not started by hand, and the current pause is more than twice the longest pause between those (and at least %s longer); no run is in progress", minPauses+1, durationText(minGrace)),
		"when the current pause became as long as that one"},
	{Degraded, "the last finished run failed", "when that run was queued"},
	{Degraded, fmt.Sprintf("more than %g %% of the last finished run's records were rejected or invalid, or more than the sync's own alert allows", maxLostShare*100),
		"when the first such run in a row ended; null if it may be older than the runs seen"},
	{Degraded, fmt.Sprintf("less than %g %% of the last %d finished runs succeeded (of at least %d)", minSuccessRate*100, lastRuns, minRuns),
		"null"},
	{Degraded, fmt.Sprintf("the last %d runs or more were skipped: runs take longer than the schedule allows", minSkips),
		"when the first of them was queued; null if it may be older than the runs seen"},
	{Unknown, "the schedule cannot be read", "null"},
	{Healthy, "the last finished run succeeded", "when the first success in a row ended; null if it may be older than the runs seen"},
	{Unknown, "none of the runs seen has finished", "null"},
}

func TestDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/health.md")
	if err != nil {
		t.Fatal(err)
	}
	table := "| # | State | When | Since |\n|---|---|---|---|\n"
	for i, d := range documented {
		table += fmt.Sprintf("| %d | `%s` | %s | %s |\n", i+1, d.state, d.when, d.since)
	}
	if !strings.Contains(string(text), "\n"+table+"\n") {
		t.Errorf("docs/health.md has other rules than these:\n%s", table)
	}
	if !slices.EqualFunc(documented, rules, func(d row, r rule) bool { return d.state == r.state }) {
		t.Error("docs/health.md has other states than the rules")
	}
	for line := range strings.Lines(string(text)) {
		if _, list, ok := strings.Cut(line, "`: FAILING,"); ok {
			order := strings.Split(strings.TrimSuffix(strings.TrimSpace("FAILING,"+list), "."), ", ")
			if want := fmt.Sprint(WorstFirst); fmt.Sprint(order) != want {
				t.Errorf("docs/health.md has the states in the order %q, not %s", order, want)
			}
		}
	}
}

func TestSeverity(t *testing.T) {
	if Failing.Severity() != 7 || Healthy.Severity() != 0 || State("?").Severity() != 0 || Late.Severity() <= Degraded.Severity() {
		t.Error("not in order")
	}
}
