package sim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A run goes from queued to working to completed, and its counts grow. updated_at moves for
// one to four minutes more and then stops.
func TestRunMovesForward(t *testing.T) {
	c, w := startAt(noon, Options{Empty: true})
	sync := c.AddSync(Sync{})
	code, body := call(t, c, "POST", fmt.Sprintf("/syncs/%d/trigger", sync), "")
	if code != 200 || body != `{"status":"success","data":{"sync_run_id":425000001}}` {
		t.Fatalf("trigger: %d %s", code, body)
	}
	var states, steps []string
	var last Run
	for range 600 {
		r := newest(c, sync)
		if n := len(states); n == 0 || states[n-1] != r.Status {
			states = append(states, r.Status)
		}
		if n := len(steps); r.Step != "" && (n == 0 || steps[n-1] != r.Step) {
			steps = append(steps, r.Step)
		}
		if r.UpdatedAt.Before(last.UpdatedAt) || r.Counts.Processed < last.Counts.Processed && last.ID != 0 {
			t.Fatalf("backwards:\n%+v\n%+v", last, r)
		}
		if (r.Status == "completed") != (r.Step == "") || (r.Status == "completed") == r.CompletedAt.IsZero() {
			t.Fatalf("%+v", r)
		}
		last = r
		w.advance(time.Second)
	}
	if got := strings.Join(states, " "); got != "queued working completed" {
		t.Errorf("states: %s", got)
	}
	if len(steps) < 6 {
		t.Errorf("steps: %q", steps)
	}
	if d := last.UpdatedAt.Sub(last.CompletedAt); d < 79*time.Second || d > 221*time.Second {
		t.Errorf("updated_at is %s after completed_at", d)
	}
}

func TestInProgressAtTheStart(t *testing.T) {
	for _, minute := range []int{0, 1, 30, 59} {
		at := noon.Truncate(time.Hour).Add(time.Duration(minute)*time.Minute + 7*time.Second)
		c, w := startAt(at, Options{})
		if r := newest(c, 77); r.Status != "working" {
			t.Errorf("minute %d: sync 77 is %s", minute, r.Status)
		}
		if r := newest(c, 74); r.Status != "queued" {
			t.Errorf("minute %d: sync 74 is %s", minute, r.Status)
		}
		w.advance(time.Hour)
		if a, b := newest(c, 77), newest(c, 74); a.Status != "completed" || b.Status != "completed" {
			t.Errorf("minute %d: an hour later sync 77 is %s, sync 74 %s", minute, a.Status, b.Status)
		}
	}
}

func TestSchedulesGoOn(t *testing.T) {
	c, w := startAt(noon, Options{})
	before := map[int64]int{}
	for _, s := range c.Syncs() {
		before[s.ID] = len(c.Runs(s.ID))
	}
	w.advance(48 * time.Hour)
	for _, s := range c.Syncs() {
		more := len(c.Runs(s.ID)) - before[s.ID]
		low, high := 0, 0
		switch {
		case s.Paused || s.ID == 58 || s.ID == 61: // late for good
		case s.Frequency == "continuous":
			low, high = 2870, 2900
		case s.Frequency == "quarter_hourly":
			low, high = 192, 202
		case s.Frequency == "hourly":
			low, high = 48, 53
		case s.Frequency == "daily":
			low, high = 2, 3
		case s.Frequency == "weekly":
			high = 1
		case s.Frequency == "expression":
			low, high = 12, 150
		}
		if more < low || more > high {
			t.Errorf("sync %d, %s: %d new runs in two days", s.ID, s.Frequency, more)
		}
	}
}

func TestTriggerAndCancel(t *testing.T) {
	for _, status := range []string{"", "failed"} {
		c, w := startAt(noon, Options{Empty: true, CanceledStatus: status})
		sync := c.AddSync(Sync{})
		trigger := func(query, body string) Run {
			t.Helper()
			_, answer := call(t, c, "POST", fmt.Sprintf("/syncs/%d/trigger%s", sync, query), body)
			var a struct {
				Data struct {
					ID int64 `json:"sync_run_id"`
				}
			}
			if err := json.Unmarshal([]byte(answer), &a); err != nil {
				t.Fatal(err)
			}
			if r := newest(c, sync); r.ID == a.Data.ID {
				return r
			}
			t.Fatalf("%s is not the newest run", answer)
			return Run{}
		}
		cancel := func(id int64) {
			t.Helper()
			if code, body := call(t, c, "POST", fmt.Sprintf("/sync_runs/%d/cancel", id), ""); code != 200 || body != `{"status":"cancelled","data":{}}` {
				t.Fatalf("cancel: %d %s", code, body)
			}
		}
		first := trigger("?force_full_sync=true", "")
		if !first.FullSync {
			t.Error("force_full_sync in the query is ignored")
		}
		if r := trigger("", `{"force_full_sync":true}`); r.Status != "skipped" || !r.FullSync {
			t.Errorf("triggered behind an active run: %+v", r)
		}
		w.advance(time.Minute)
		cancel(first.ID)
		r := c.Runs(sync)[0]
		if want := map[string]string{"": "completed"}[status] + status; r.Status != want || !r.Canceled || !r.CompletedAt.Equal(w.now()) || r.Step != "" {
			t.Errorf("canceled: %+v", r)
		}
		if r := trigger("", ""); r.Status != "queued" || r.FullSync {
			t.Errorf("triggered after a cancel: %+v", r)
		}
		w.advance(time.Hour)
		ended := newest(c, sync)
		cancel(ended.ID)
		if r := newest(c, sync); r != ended {
			t.Errorf("a cancel changed an ended run:\n%+v\n%+v", ended, r)
		}
		for _, path := range []string{"/syncs/999/trigger", "/sync_runs/999/cancel"} {
			if code, body := call(t, c, "POST", path, ""); code != 404 || body != `{"status":404}` {
				t.Errorf("%s: %d %s", path, code, body)
			}
		}
	}
}

// A canceled run in the realistic workspace unblocks its sync.
func TestCancelStuckRun(t *testing.T) {
	c, w := startAt(noon, Options{})
	for _, r := range c.Runs(42) {
		if r.Status == "working" {
			call(t, c, "POST", "/sync_runs/"+str(r.ID)+"/cancel", "")
		}
	}
	w.advance(2 * time.Hour)
	if r := newest(c, 42); r.Status == "skipped" {
		t.Errorf("still blocked: %+v", r)
	}
}

func TestWrittenRuns(t *testing.T) {
	c, w := startAt(noon, Options{Empty: true, FirstRunID: 1 << 32}) // some client keeps ids in 32 bits
	sync := c.AddSync(Sync{})
	if c.AddRun(99, Run{}) != 0 || c.UpdateRun(99, func(*Run) {}) {
		t.Error("AddRun accepts an unknown sync")
	}
	old := c.AddRun(sync, Run{CreatedAt: noon.Add(-time.Hour)})
	if code, body := get(t, c, "/sync_runs/4294967296"); code != 200 || !strings.Contains(body, `{"id":4294967296,`) {
		t.Errorf("%d %s", code, body)
	}
	r := newest(c, sync)
	if d := r.CompletedAt.Sub(r.CreatedAt); d < 36*time.Second || d > 53*time.Second || r.Counts.Updated == 0 {
		t.Errorf("not realistic: %+v", r)
	}
	moved := c.AddRun(sync, Run{CreatedAt: noon.Add(-2 * time.Hour), Status: "failed"})
	if r := newest(c, sync); moved <= old || !r.CreatedAt.Equal(noon.Add(-time.Hour)) || !r.CompletedAt.IsZero() || r.Counts.Processed != Null {
		t.Errorf("%+v", r)
	}
	now := c.AddRun(sync, Run{Status: "working", Counts: Counts{Source: 9}})
	w.advance(24 * time.Hour)
	if r := newest(c, sync); r.ID != now || r.Status != "working" || r.Counts != (Counts{Source: 9}) {
		t.Errorf("a written run changed: %+v", r)
	}
	c.UpdateRun(now, func(r *Run) { r.Status, r.ID, r.UpdatedAt = "rebooting", 5, w.now() })
	if r := newest(c, sync); r.ID != now || r.Status != "rebooting" || !r.UpdatedAt.Equal(w.now()) {
		t.Errorf("updated: %+v", r)
	}
	if !c.RemoveSync(sync) || c.RemoveSync(sync) || c.Runs(sync) != nil || len(c.Syncs()) != 0 {
		t.Error("RemoveSync does not report the removal exactly once")
	}
	if code, _ := get(t, c, "/sync_runs/"+str(now)); code != 404 {
		t.Errorf("a run of a removed sync: %d", code)
	}
}
