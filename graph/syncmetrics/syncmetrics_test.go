package syncmetrics

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"census-gateway/graph/live"
	"census-gateway/upstream"
	"census-gateway/upstream/sim"
)

// runCollector runs a collector with a fake clock, and calls f with a function that scrapes it.
func runCollector(t *testing.T, census *sim.Census, change func(*upstream.Options), f func(scrape func() string)) {
	synctest.Test(t, func(t *testing.T) {
		opt := upstream.Options{BaseURL: "http://census.test/api/v1", Transport: census.Transport(), PageCache: 16 << 20, Freshness: 5 * time.Second, Stale: time.Hour}
		if change != nil {
			change(&opt)
		}
		k := &Collector{Client: upstream.New("t", opt), Watchers: &live.Watchers{Calls: 6000}}
		handler := k.Handler()
		ctx, stop := context.WithCancel(t.Context())
		var keeping sync.WaitGroup
		keeping.Go(func() { k.Run(ctx) })
		time.Sleep(2 * time.Second)
		f(func() string {
			before := len(census.Calls())
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequest("GET", "/metrics/syncs", nil))
			if rec.Code != 200 || len(census.Calls()) != before {
				t.Errorf("scrape: status %d, %d calls to Census; want 200 and 0", rec.Code, len(census.Calls())-before)
			}
			return rec.Body.String()
		})
		stop()
		keeping.Wait()
	})
}

// start is the start of the fake clock.
var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// wantLines fails the test for each line that text does not contain.
func wantLines(t *testing.T, text, lines string) {
	t.Helper()
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line != "" && !strings.Contains(text, line+"\n") {
			family, _, _ := strings.Cut(line, "{")
			t.Errorf("no %s, but\n%s", line, strings.Join(regexp.MustCompile(`(?m)^`+family+`.*$`).FindAllString(text, -1), "\n"))
		}
	}
}

func (e *example) add(minutes int, r sim.Run) int64 {
	r.CreatedAt = start.Add(time.Duration(minutes) * time.Minute)
	if r.Status == "completed" {
		r.CompletedAt = r.CreatedAt.Add(2 * time.Minute)
	}
	if r.UpdatedAt = r.CompletedAt; r.UpdatedAt.IsZero() {
		r.UpdatedAt = r.CreatedAt
	}
	return e.AddRun(e.id, r)
}

// An example is a workspace with one hourly sync that has a run in progress.
type example struct {
	*sim.Census
	id, working int64
}

func newExample() *example {
	e := &example{Census: sim.New(sim.Options{Empty: true})}
	e.id = e.AddSync(sim.Sync{ID: 52, Label: `Accounts "big" → Salesforce`, Frequency: "hourly", Minute: 30, CreatedAt: start.AddDate(0, 0, -1),
		SourceID: e.AddSource("Warehouse"), DestinationID: e.AddDestination("Salesforce"), DestinationObject: "Account",
		Alerts: `[{"id":1,"type":"FailureAlertConfiguration","send_for":"first_time"},{"id":2,"type":"FailureAlertConfiguration","send_for":"every_time"},{"id":3,"type":"FullSyncTriggerAlertConfiguration"},{"id":4,"type":"StatusAlertConfiguration"}]`})
	for i := range 4 {
		e.add(-270+60*i, sim.Run{Status: "completed", Counts: sim.Counts{Source: 1000, Updates: 10, Processed: 10, Updated: 9, Failed: 1, Invalids: sim.Null}})
	}
	e.add(-33, sim.Run{Status: "failed", ErrorCode: "X", ErrorMessage: "no", Counts: sim.Counts{Source: sim.Null, Invalids: sim.Null, Processed: 5, Updated: 0, Failed: 5}})
	e.working = e.add(-30, sim.Run{Status: "working", FullSync: true})
	return e
}

func TestOneSync(t *testing.T) {
	e := newExample()
	runCollector(t, e.Census, nil, func(scrape func() string) {
		text := scrape()
		wantLines(t, text, `
			census_up 1
			census_syncs{state="DEGRADED"} 1
			census_syncs{state="HEALTHY"} 0
			census_syncs_left_out 0
			census_watch_last_success_timestamp_seconds 9.466848e+08
			census_watch_cycle_seconds 2
			census_watch_calls_total 4
			census_sync_info{destination="Salesforce",group="",label="Accounts \"big\" → Salesforce",object="Account",source="Warehouse",sync_id="52"} 1
			census_sync_health{state="DEGRADED",sync_id="52"} 1
			census_sync_health{state="LATE",sync_id="52"} 0
			census_sync_health_since_timestamp_seconds{sync_id="52"} 9.4668282e+08
			census_sync_paused{sync_id="52"} 0
			census_sync_consecutive_failures{sync_id="52"} 1
			census_sync_last_success_timestamp_seconds{sync_id="52"} 9.4667952e+08
			census_sync_last_run_records{kind="processed",sync_id="52"} 5
			census_sync_last_run_records{kind="failed",sync_id="52"} 5
			census_sync_active_run_timestamp_seconds{sync_id="52"} 9.46683e+08
			census_sync_next_run_timestamp_seconds{sync_id="52"} 9.466866e+08
			census_sync_late_seconds{sync_id="52"} 0
			census_sync_alert{rule="FAILED_RUN",sync_id="52"} 1
			census_sync_typical_duration_seconds{sync_id="52",quantile="0.5"} 120
			census_sync_typical_duration_seconds_count{sync_id="52"} 4
			census_sync_runs_total{outcome="SUCCEEDED",sync_id="52"} 0
			census_sync_runs_total{outcome="UNKNOWN",sync_id="52"} 0
			census_sync_records_total{kind="updated",sync_id="52"} 0
			census_sync_run_duration_seconds_count{sync_id="52"} 0
			census_sync_full_runs_total{sync_id="52"} 0
			census_sync_read_success{sync_id="52"} 1
		`)
		for _, unknown := range []string{"last_run_timestamp_seconds{", "last_run_duration_seconds{", `last_run_records{kind="source"`, `last_run_records{kind="invalid"`, "IN_PROGRESS", `rule="STATUS"`} {
			if strings.Contains(text, unknown) {
				t.Errorf("%s is written, but its value is unknown", unknown)
			}
		}
		if n := strings.Count(text, `sync_id="52"`); n < 35 || n > 45 {
			t.Errorf("%d series of a sync", n)
		}

		e.UpdateRun(e.working, func(r *sim.Run) {
			r.Status, r.CompletedAt, r.UpdatedAt, r.Counts = "completed", time.Now(), time.Now(), sim.Counts{Source: 1000, Processed: 1000, Updated: 1000}
		})
		time.Sleep(time.Minute)
		e.UpdateRun(e.working, func(r *sim.Run) { r.UpdatedAt, r.Counts.Updated, r.Counts.Failed = time.Now(), 990, 10 }) // the totals change after the end
		time.Sleep(20 * time.Minute)
		wantLines(t, scrape(), `
			census_syncs{state="HEALTHY"} 1
			census_sync_runs_total{outcome="SUCCEEDED",sync_id="52"} 1
			census_sync_runs_total{outcome="PARTIAL",sync_id="52"} 0
			census_sync_records_total{kind="processed",sync_id="52"} 1000
			census_sync_records_total{kind="updated",sync_id="52"} 1000
			census_sync_records_total{kind="failed",sync_id="52"} 10
			census_sync_run_duration_seconds_sum{sync_id="52"} 1802
			census_sync_run_duration_seconds_count{sync_id="52"} 1
			census_sync_full_runs_total{sync_id="52"} 1
			census_sync_alert{rule="FAILED_RUN",sync_id="52"} 0
			census_sync_alert{rule="FULL_SYNC",sync_id="52"} 1
			census_sync_last_run_duration_seconds{sync_id="52"} 1802
			census_sync_last_run_records{kind="updated",sync_id="52"} 990
			census_sync_last_run_timestamp_seconds{sync_id="52"} 9.46684802e+08
		`)
	})
}

// While a sync cannot be read, its last values stay, and other syncs are read.
func TestUnreadableSync(t *testing.T) {
	e := newExample()
	e.AddSync(sim.Sync{ID: 53, Label: "b", Frequency: "never", CreatedAt: start.AddDate(0, 0, -1)})
	e.Inject(sim.Fault{Match: sim.Path("/syncs/53/sync_runs"), Do: sim.HTML(501)})
	runCollector(t, e.Census, nil, func(scrape func() string) {
		heal := e.Inject(sim.Fault{Match: sim.Path("/syncs/52/sync_runs"), Do: sim.HTML(501)})
		time.Sleep(time.Minute)
		text := scrape()
		wantLines(t, text, `
			census_up 1
			census_sync_read_success{sync_id="52"} 0
			census_sync_read_success{sync_id="53"} 0
			census_sync_health{state="DEGRADED",sync_id="52"} 1
			census_sync_paused{sync_id="53"} 0
		`)
		if strings.Contains(text, `census_sync_health{state="UNKNOWN",sync_id="53"}`) || !strings.Contains(text, "census_watch_cycle_seconds 0\n") {
			t.Error("a sync that was never read has health metrics")
		}
		heal()
		time.Sleep(time.Minute)
		wantLines(t, scrape(), `census_sync_read_success{sync_id="52"} 1`)
	})
}

// When Census fails or rejects the token, census_up is 0. Afterwards, all metrics return.
func TestCensusDown(t *testing.T) {
	for _, code := range []int{501, 401} {
		e := newExample()
		runCollector(t, e.Census, nil, func(scrape func() string) {
			heal := e.Inject(sim.Fault{Do: sim.JSON(code, `{"status":"no"}`)})
			time.Sleep(70 * time.Second)
			wantLines(t, scrape(), `census_up 0`)
			time.Sleep(10 * time.Minute)
			wantLines(t, scrape(), `census_up 0`)
			heal()
			time.Sleep(16 * time.Minute)
			text := scrape()
			wantLines(t, text, `
				census_up 1
				census_sync_read_success{sync_id="52"} 1
			`)
			if !regexp.MustCompile(`(?m)^census_sync_info\{destination="Salesforce"`).MatchString(text) {
				t.Error("the names of the sync are lost")
			}
		})
	}
}

// Syncs of groups that are not served have no metrics. The others have the label of their group.
func TestServedGroups(t *testing.T) {
	for _, named := range []bool{true, false} {
		census := sim.New(sim.Options{Empty: true, V2: sim.V2{SyncGroups: named}})
		for id, source := range []int64{11, 15, 9} { // of two groups, and with an unknown source
			census.AddSync(sim.Sync{ID: int64(id + 1), SourceID: source, Label: "a", CreatedAt: start.AddDate(0, 0, -1)})
		}
		serve := func(opt *upstream.Options) {
			opt.BaseURL, opt.Groups = "http://census.test/api/v2", []string{"wandering_aimlessly"}
		}
		runCollector(t, census, serve, func(scrape func() string) {
			text := scrape()
			wantLines(t, text, `
				census_syncs{state="NEVER_RAN"} 1
				census_syncs_left_out 0
				census_sync_paused{sync_id="1"} 0
			`)
			if !strings.Contains(text, `group="wandering_aimlessly",label="a"`) || regexp.MustCompile(`sync_id="[23]"|giraffe`).MatchString(text) {
				t.Errorf("metrics of syncs that are not served:\n%s", text)
			}
		})
	}
}

// If there are more than 1000 syncs, those with the lowest ids have series of their own.
func TestSyncsAreLimited(t *testing.T) {
	census := sim.New(sim.Options{Empty: true, SyncBytes: 1})
	for id := range 1002 {
		census.AddSync(sim.Sync{ID: int64(id + 1), Frequency: "never", CreatedAt: start.AddDate(0, 0, -1)})
	}
	runCollector(t, census, nil, func(scrape func() string) {
		time.Sleep(time.Minute)
		text := scrape()
		wantLines(t, text, `
			census_syncs_left_out 2
			census_syncs{state="NEVER_RAN"} 1002
			census_sync_paused{sync_id="1000"} 0
		`)
		if n := strings.Count(text, "census_sync_paused{"); n != 1000 || strings.Contains(text, `sync_id="1001"`) {
			t.Errorf("%d syncs have series", n)
		}
	})
}

// Before the first answer of Census, only the number of calls is served.
func TestBeforeTheFirstAnswer(t *testing.T) {
	rec := httptest.NewRecorder()
	(&Collector{Watchers: &live.Watchers{}}).Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if n := len(regexp.MustCompile(`(?m)^[^#].*$`).FindAllString(rec.Body.String(), -1)); n != 1 || !strings.Contains(rec.Body.String(), "census_watch_calls_total 0") {
		t.Errorf("%d series:\n%s", n, rec.Body)
	}
}

// docs/operations.md lists every metric, and promtool finds no fault.
func TestMetricsAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n| metric, after `census_` |")
	table, _, _ = strings.Cut(table, "\n\n")
	var documented, served []string
	for row := range strings.Lines(table) {
		for _, m := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(strings.SplitN(row, "|", 3)[1], -1) {
			documented = append(documented, "census_"+m[1])
		}
	}
	e := newExample()
	e.add(-10, sim.Run{Status: "completed", Counts: sim.Counts{Source: 1}})
	runCollector(t, e.Census, nil, func(scrape func() string) { text = []byte(scrape()) })
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllSubmatch(text, -1) {
		served = append(served, string(m[1]))
	}
	slices.Sort(documented)
	if !slices.Equal(documented, served) {
		t.Errorf("documented:\n%q\nserved:\n%q", documented, served)
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		return // CI has it
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = bytes.NewReader(text)
	if report, err := check.CombinedOutput(); err != nil || len(report) > 0 {
		t.Errorf("promtool: %v: %s", err, report)
	}
}
