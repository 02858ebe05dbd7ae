package syncmetrics

import "github.com/prometheus/client_golang/prometheus"

var all []*prometheus.Desc

func name(name, help string, labels ...string) *prometheus.Desc {
	d := prometheus.NewDesc("census_"+name, help, labels, nil)
	all = append(all, d)
	return d
}

func ofSync(suffix, help string, labels ...string) *prometheus.Desc {
	return name("sync_"+suffix, help, append([]string{"sync_id"}, labels...)...)
}

// Of the workspace.
var (
	up        = name("up", "Whether Census answered the last reading of the list of syncs.")
	syncs     = name("syncs", "Syncs whose runs were read, by state of health, also those that are left out below.", "state")
	leftOut   = name("syncs_left_out", "Syncs without series of their own, because there are more than 1000.")
	fresh     = name("watch_last_success_timestamp_seconds", "When Census last answered the watcher.")
	cycle     = name("watch_cycle_seconds", "How long ago the sync that waits longest was read. Syncs that cannot be read are left out.")
	callsMade = name("watch_calls_total", "Calls to Census that watching has made, retries among them.")
)

// Of each sync.
var (
	info        = ofSync("info", "Always 1; its labels are the names of the sync, of its two ends and, on V2, of its group.", "label", "source", "destination", "object", "group")
	state       = ofSync("health", "1 for the sync's state of health, 0 for the others.", "state")
	since       = ofSync("health_since_timestamp_seconds", "When this state began.")
	paused      = ofSync("paused", "Whether the sync is paused.")
	failures    = ofSync("consecutive_failures", "Runs that failed since the newest success, of the newest 25.")
	lastSuccess = ofSync("last_success_timestamp_seconds", "When the newest success ended.")
	lastRun     = ofSync("last_run_timestamp_seconds", "When the newest finished run ended.")
	lastTook    = ofSync("last_run_duration_seconds", "How long the newest finished run took.")
	lastRecords = ofSync("last_run_records", "Records of the newest finished run.", "kind")
	active      = ofSync("active_run_timestamp_seconds", "When the run in progress was created.")
	nextRun     = ofSync("next_run_timestamp_seconds", "When the schedule next starts the sync.")
	late        = ofSync("late_seconds", "For how long the execution that the schedule promised is overdue; 0 within the grace.")
	alert       = ofSync("alert", "1 while an alert of the rule fires, 0 if one fired within the newest 25 runs.", "rule")
	typical     = ofSync("typical_duration_seconds", "How long finished runs like the newest take (full syncs, or all others), by those of the newest 25.")
	ended       = ofSync("runs_total", "Runs that ended since the gateway began to watch, by outcome.", "outcome")
	records     = ofSync("records_total", "Records of these runs.", "kind")
	took        = ofSync("run_duration_seconds", "How long those of these runs took that finished.")
	full        = ofSync("full_runs_total", "Those of these runs that were full syncs.")
	read        = ofSync("read_success", "Whether Census answered the last reading of the sync's runs.")
)
