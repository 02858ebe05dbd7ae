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

// kept keeps a workspace under watch in a bubble with a clock of its own.
func kept(t *testing.T, census *sim.Census, change func(*upstream.Options), f func(scrape func() string)) {
	synctest.Test(t, func(t *testing.T) {
		opt := upstream.Options{BaseURL: "http://census.test/api/v1", Transport: census.Transport(), PageCache: 16 << 20, Freshness: 5 * time.Second, Stale: time.Hour}
		if change != nil {
			change(&opt)
		}
		k := &Keeper{Client: upstream.New("t", opt), Watchers: &live.Watchers{Calls: 6000}}
		handler := k.Handler()
		ctx, stop := context.WithCancel(t.Context())
		var keeping sync.WaitGroup
		keeping.Go(func() { k.Keep(ctx) })
		time.Sleep(2 * time.Second)
		f(func() string {
			before := len(census.Calls())
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, httptest.NewRequest("GET", "/metrics/syncs", nil))
			if rec.Code != 200 || len(census.Calls()) != before {
				t.Errorf("a scrape is answered with %d, after %d calls", rec.Code, len(census.Calls())-before)
			}
			return rec.Body.String()
		})
		stop()
		keeping.Wait()
	})
}

// start is when the clock of a bubble begins.
var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// has tells what lines are missing in an answer.
func has(t *testing.T, text, lines string) {
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

// An example is a workspace with one sync that runs every hour and is at work.
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
	kept(t, e.Census, nil, func(scrape func() string) {
		text := scrape()
		has(t, text, `
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
				t.Errorf("%s is unknown, and told", unknown)
			}
		}
		if n := strings.Count(text, `sync_id="52"`); n < 35 || n > 45 {
			t.Errorf("%d series of a sync", n)
		}

		e.UpdateRun(e.working, func(r *sim.Run) {
			r.Status, r.CompletedAt, r.UpdatedAt, r.Counts = "completed", time.Now(), time.Now(), sim.Counts{Source: 1000, Processed: 1000, Updated: 1000}
		})
		time.Sleep(time.Minute)
		e.UpdateRun(e.working, func(r *sim.Run) { r.UpdatedAt, r.Counts.Updated, r.Counts.Failed = time.Now(), 990, 10 }) // booked later
		time.Sleep(20 * time.Minute)
		has(t, scrape(), `
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

// While one sync cannot be read the others go on, and its last values stay.
func TestUnreadableSync(t *testing.T) {
	e := newExample()
	e.AddSync(sim.Sync{ID: 53, Label: "b", Frequency: "never", CreatedAt: start.AddDate(0, 0, -1)})
	e.Inject(sim.Fault{Match: sim.Path("/syncs/53/sync_runs"), Do: sim.HTML(501)})
	kept(t, e.Census, nil, func(scrape func() string) {
		heal := e.Inject(sim.Fault{Match: sim.Path("/syncs/52/sync_runs"), Do: sim.HTML(501)})
		time.Sleep(time.Minute)
		text := scrape()
		has(t, text, `
			census_up 1
			census_sync_read_success{sync_id="52"} 0
			census_sync_read_success{sync_id="53"} 0
			census_sync_health{state="DEGRADED",sync_id="52"} 1
			census_sync_paused{sync_id="53"} 0
		`)
		if strings.Contains(text, `census_sync_health{state="UNKNOWN",sync_id="53"}`) || !strings.Contains(text, "census_watch_cycle_seconds 0\n") {
			t.Error("a sync that was never read is told")
		}
		heal()
		time.Sleep(time.Minute)
		has(t, scrape(), `census_sync_read_success{sync_id="52"} 1`)
	})
}

// When Census fails or rejects the token, census_up is 0; all comes back by itself.
func TestCensusDown(t *testing.T) {
	for _, code := range []int{501, 401} {
		e := newExample()
		kept(t, e.Census, nil, func(scrape func() string) {
			heal := e.Inject(sim.Fault{Do: sim.JSON(code, `{"status":"no"}`)})
			time.Sleep(70 * time.Second)
			has(t, scrape(), `census_up 0`)
			time.Sleep(10 * time.Minute)
			has(t, scrape(), `census_up 0`)
			heal()
			time.Sleep(16 * time.Minute)
			text := scrape()
			has(t, text, `
				census_up 1
				census_sync_read_success{sync_id="52"} 1
			`)
			if !regexp.MustCompile(`(?m)^census_sync_info\{destination="Salesforce"`).MatchString(text) {
				t.Error("its names are lost")
			}
		})
	}
}

// Syncs of groups that are not served are in no metric, and the others say their group.
func TestServedGroups(t *testing.T) {
	for _, named := range []bool{true, false} {
		census := sim.New(sim.Options{Empty: true, V2: sim.V2{SyncGroups: named}})
		for id, source := range []int64{11, 15, 9} { // of two groups, and of a source that does not exist
			census.AddSync(sim.Sync{ID: int64(id + 1), SourceID: source, Label: "a", CreatedAt: start.AddDate(0, 0, -1)})
		}
		serve := func(opt *upstream.Options) {
			opt.BaseURL, opt.Groups = "http://census.test/api/v2", []string{"wandering_aimlessly"}
		}
		kept(t, census, serve, func(scrape func() string) {
			text := scrape()
			has(t, text, `
				census_syncs{state="NEVER_RAN"} 1
				census_syncs_left_out 0
				census_sync_paused{sync_id="1"} 0
			`)
			if !strings.Contains(text, `group="wandering_aimlessly",label="a"`) || regexp.MustCompile(`sync_id="[23]"|giraffe`).MatchString(text) {
				t.Errorf("not the syncs served:\n%s", text)
			}
		})
	}
}

// Of more than 1000 syncs those with the lowest ids have series of their own.
func TestCap(t *testing.T) {
	census := sim.New(sim.Options{Empty: true, SyncBytes: 1})
	for id := range 1002 {
		census.AddSync(sim.Sync{ID: int64(id + 1), Frequency: "never", CreatedAt: start.AddDate(0, 0, -1)})
	}
	kept(t, census, nil, func(scrape func() string) {
		time.Sleep(time.Minute)
		text := scrape()
		has(t, text, `
			census_syncs_left_out 2
			census_syncs{state="NEVER_RAN"} 1002
			census_sync_paused{sync_id="1000"} 0
		`)
		if n := strings.Count(text, "census_sync_paused{"); n != 1000 || strings.Contains(text, `sync_id="1001"`) {
			t.Errorf("%d syncs are told", n)
		}
	})
}

// Before Census has answered, nothing is said of the workspace.
func TestBeforeTheFirstAnswer(t *testing.T) {
	rec := httptest.NewRecorder()
	(&Keeper{Watchers: &live.Watchers{}}).Handler().ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if n := len(regexp.MustCompile(`(?m)^[^#].*$`).FindAllString(rec.Body.String(), -1)); n != 1 || !strings.Contains(rec.Body.String(), "census_watch_calls_total 0") {
		t.Errorf("%d series:\n%s", n, rec.Body)
	}
}

// The documents list every metric, and promtool has nothing to say.
func TestNames(t *testing.T) {
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
	kept(t, e.Census, nil, func(scrape func() string) { text = []byte(scrape()) })
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllSubmatch(text, -1) {
		served = append(served, string(m[1]))
	}
	slices.Sort(documented)
	if !slices.Equal(documented, served) {
		t.Errorf("documented are\n%q, served are\n%q", documented, served)
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		return // the gate has it
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = bytes.NewReader(text)
	if said, err := check.CombinedOutput(); err != nil || len(said) > 0 {
		t.Errorf("promtool: %v: %s", err, said)
	}
}
