package syncmetrics

import "github.com/prometheus/client_golang/prometheus"

var descriptions []*prometheus.Desc

func describe(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc("census_"+name, help, labels, nil)
	descriptions = append(descriptions, d)
	return d
}

func describeOfSync(suffix, help string, labels ...string) *prometheus.Desc {
	return describe("sync_"+suffix, help, append([]string{"sync_id"}, labels...)...)
}

// Metrics of the workspace.
var (
	up         = describe("up", "1 if the last read of the list of syncs succeeded, else 0.")
	syncs      = describe("syncs", "Number of syncs whose runs were read, by state of health. Includes syncs without series of their own.", "state")
	leftOut    = describe("syncs_left_out", "Number of syncs without series of their own, because there are more than 1000.")
	lastAnswer = describe("watch_last_success_timestamp_seconds", "Time of the watcher's last successful request.")
	watchCycle = describe("watch_cycle_seconds", "Time since the read of the least recently read sync. Excludes syncs whose last read failed.")
	watchCalls = describe("watch_calls_total", "Calls to Census made by watchers, including retries.")
)

// Metrics of each sync.
var (
	info            = describeOfSync("info", "Always 1. The labels name the sync, its source and destination and, on V2, its group.", "label", "source", "destination", "object", "group")
	state           = describeOfSync("health", "1 for the sync's state of health, 0 for the others.", "state")
	since           = describeOfSync("health_since_timestamp_seconds", "When this state began.")
	paused          = describeOfSync("paused", "1 if the sync is paused, else 0.")
	failures        = describeOfSync("consecutive_failures", "Failed runs since the newest success, among the newest 25 runs.")
	lastSuccess     = describeOfSync("last_success_timestamp_seconds", "End of the newest successful run.")
	lastRun         = describeOfSync("last_run_timestamp_seconds", "End of the newest finished run.")
	lastRunDuration = describeOfSync("last_run_duration_seconds", "Duration of the newest finished run.")
	lastRecords     = describeOfSync("last_run_records", "Records of the newest finished run.", "kind")
	active          = describeOfSync("active_run_timestamp_seconds", "Creation time of the run in progress.")
	nextRun         = describeOfSync("next_run_timestamp_seconds", "Time of the next scheduled run.")
	lateSeconds     = describeOfSync("late_seconds", "How long the scheduled run is overdue. 0 within the grace period.")
	alert           = describeOfSync("alert", "1 while an alert of the rule fires, 0 if one fired within the newest 25 runs.", "rule")
	typical         = describeOfSync("typical_duration_seconds", "Durations of finished runs of the newest run's kind (full or incremental), among the newest 25 runs.")
	runsTotal       = describeOfSync("runs_total", "Runs that ended since the gateway began to watch, by outcome.", "outcome")
	recordsTotal    = describeOfSync("records_total", "Records of the runs counted in runs_total.", "kind")
	runDuration     = describeOfSync("run_duration_seconds", "Durations of the finished runs counted in runs_total.")
	fullRunsTotal   = describeOfSync("full_runs_total", "Full syncs among the runs counted in runs_total.")
	readSuccess     = describeOfSync("read_success", "1 if the last read of the sync's runs succeeded, else 0.")
)
