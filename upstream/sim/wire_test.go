package sim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// One run, byte by byte: the order of the keys matters too.
const wireRun = `{"id":425000001,"created_at":"2026-03-04T12:23:45.678Z","updated_at":"2026-03-04T12:30:00.001Z",` +
	`"completed_at":"2026-03-04T12:29:00.000Z","error_code":"E","error_message":"say \"no\"","error_detail":null,` +
	`"status":"completed","sync_id":52,"source_record_count":15,"source_record_updates":12,"source_record_deletes":2,` +
	`"source_record_invalids":1,"records_invalid":1,"records_processed":14,"records_updated":13,"records_failed":null,` +
	`"scheduled_execution_time":"2026-03-04T12:23:00.000Z","canceled":false,"full_sync":true,` +
	`"sync_trigger_reason":{"ui_tag":"Manual","ui_detail":"by hand"},` +
	`"x_execution_engine":{"name":"advanced","revision":7}}`

func oneRun(t *testing.T, opt Options) (*Census, *fakeClock) {
	opt.Empty = true
	c, w := startAt(noon, opt)
	c.AddSync(Sync{ID: 52})
	id := c.AddRun(52, Run{
		UpdatedAt:   time.Date(2026, 3, 4, 12, 30, 0, 1e6, time.UTC),
		CompletedAt: time.Date(2026, 3, 4, 12, 29, 0, 0, time.UTC),
		ScheduledAt: time.Date(2026, 3, 4, 12, 23, 0, 0, time.UTC),
		ErrorCode:   "E", ErrorMessage: `say "no"`,
		Counts:   Counts{15, 12, 2, 1, 14, 13, Null},
		FullSync: true, Tag: "Manual", Detail: "by hand",
	})
	if id != 425_000_001 {
		t.Fatalf("the first run is %d", id)
	}
	return c, w
}

func TestWire(t *testing.T) {
	const pagination = `"pagination":{"total_records":1,"per_page":25,"prev_page":null,"page":1,"next_page":null,"last_page":1}`
	list := `{"status":"success","data":[` + wireRun + `]`
	for name, test := range map[string]struct {
		opt  Options
		path string
		code int
		body string
	}{
		"list":          {Options{}, "/syncs/52/sync_runs", 200, list + `,"next":null,` + pagination + `}`},
		"fetch":         {Options{}, "/sync_runs/425000001", 200, `{"status":"success","data":` + wireRun + `}`},
		"no such run":   {Options{}, "/sync_runs/7", 404, `{"status":404}`},
		"no such sync":  {Options{}, "/syncs/53/sync_runs", 404, `{"status":404}`},
		"nonsense id":   {Options{}, "/syncs/abc", 404, `{"status":404}`},
		"all runs":      {Options{}, "/sync_runs", 404, `{"status":404}`},
		"nowhere":       {Options{}, "/nowhere", 404, `{"status":404}`},
		"no pagination": {Options{NoPagination: true}, "/syncs/52/sync_runs", 200, list + `,"next":null}`},
		"no next":       {Options{OmitNext: true}, "/syncs/52/sync_runs", 200, list + "," + pagination + "}"},
		"step kept": {Options{StepWhenDone: true}, "/sync_runs/425000001", 200, `{"status":"success","data":` +
			strings.Replace(wireRun, `,"x_exec`, `,"current_step":"Running sync","x_exec`, 1) + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := oneRun(t, test.opt)
			code, body := get(t, c, test.path)
			if code != test.code {
				t.Errorf("status %d, want %d", code, test.code)
			}
			if diff := cmp.Diff(test.body, body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAbsentKeys(t *testing.T) {
	c, _ := oneRun(t, Options{})
	id := c.AddRun(52, Run{Status: "working", NoReason: true, Step: "Running Sync"})
	_, body := get(t, c, "/sync_runs/"+str(id))
	for _, want := range []string{`"completed_at":null`, `"records_processed":null`, `"current_step":"Running Sync"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	if strings.Contains(body, "sync_trigger_reason") {
		t.Errorf("a reason in %s", body)
	}
}

func TestBothVersions(t *testing.T) {
	c, _ := oneRun(t, Options{})
	for _, base := range []string{"/api/v1", "/api/v2", "/api/v3", ""} {
		r, _ := http.NewRequest("GET", "http://census.test"+base+"/syncs/52/sync_runs", nil)
		a, err := c.Transport().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		want := 404
		if strings.HasPrefix(base, "/api/v") && base < "/api/v3" {
			want = 200
		}
		if a.StatusCode != want {
			t.Errorf("%q: status %d, want %d", base, a.StatusCode, want)
		}
	}
}

func TestSyncsAreHeavy(t *testing.T) {
	for _, least := range []int{0, 48 << 10} {
		c, _ := startAt(noon, Options{SyncBytes: least})
		_, body := get(t, c, "/syncs/52")
		if got, want := len(body), max(least, 8<<10)*9/10; got < want || got > want*5/4 {
			t.Errorf("a sync of %d bytes, want about %d", got, max(least, 8<<10))
		}
		for _, want := range []string{`"dataset_id=":null`, "sql_canary", `"mappings":[`, `"status":"Up to Date"`, `"label":"Accounts → Salesforce"`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in a sync", want)
			}
		}
	}
	c, _ := startAt(noon, Options{})
	for _, path := range []string{"/sources", "/destinations"} {
		if _, body := get(t, c, path); !strings.Contains(body, "connection_canary") {
			t.Errorf("no connection_canary in %s", path)
		}
	}
}

func TestCalls(t *testing.T) {
	c, _ := oneRun(t, Options{})
	var seen []string
	c.OnCall(func(r *http.Request) {
		seen = append(seen, r.URL.Path)
		c.AddRun(52, Run{}) // the lock is free
	})
	if l := page1(t, c, "/syncs/52/sync_runs?per_page=25&order=desc&page=1"); len(l.Data) != 2 {
		t.Errorf("%d runs: the hook came too late", len(l.Data))
	}
	get(t, c, "/syncs/52")
	want := []string{"GET /syncs/52/sync_runs?order=desc&page=1&per_page=25", "GET /syncs/52"}
	if diff := cmp.Diff(want, c.Calls()); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if !slices.Equal(seen, []string{"/api/v1/syncs/52/sync_runs", "/api/v1/syncs/52"}) {
		t.Errorf("the hook saw %q", seen)
	}
	c.ResetCalls()
	if got := c.Calls(); len(got) != 0 {
		t.Errorf("calls after a reset: %q", got)
	}
}
