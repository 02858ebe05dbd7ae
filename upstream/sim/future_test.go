package sim

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// A run ahead of the clock stays the newest. Runs created afterwards precede it, and each is
// still found by its id.
func TestRunAheadOfTheClock(t *testing.T) {
	c, _ := startAt(noon, Options{Empty: true})
	id := c.AddSync(Sync{})
	first := c.AddRun(id, Run{})
	ahead := c.AddRun(id, Run{CreatedAt: noon.Add(9000 * time.Hour)})
	second := c.AddRun(id, Run{})
	third := c.AddRun(id, Run{})
	var got []int64
	for _, r := range c.Runs(id) {
		got = append(got, r.ID)
	}
	if want := []int64{first, second, third, ahead}; !slices.Equal(got, want) {
		t.Errorf("runs %d, want %d", got, want)
	}
	for _, run := range got {
		if !c.UpdateRun(run, func(r *Run) { r.Status = "failed" }) {
			t.Errorf("run %d is not found", run)
		}
	}
	if !c.RemoveRun(second) || c.RemoveRun(second) {
		t.Error("RemoveRun does not report the removal exactly once")
	}
}

// A raw schedule is sent as it was written.
func TestRawSchedule(t *testing.T) {
	for _, test := range []struct {
		sync Sync
		want string
	}{
		{Sync{RawSchedule: true, Hour: -1, Minute: -1},
			`"schedule_frequency":null,"schedule_day":null,"schedule_hour":null,"schedule_minute":null,"cron_expression":null`},
		{Sync{RawSchedule: true, Frequency: "fortnightly", Day: `"1st"`, Hour: 24, Minute: 70, Cron: "@daily"},
			`"schedule_frequency":"fortnightly","schedule_day":"\"1st\"","schedule_hour":24,"schedule_minute":70,"cron_expression":"@daily"`},
		{Sync{RawSchedule: true, Frequency: "weekly", Hour: 5},
			`"schedule_frequency":"weekly","schedule_day":null,"schedule_hour":5,"schedule_minute":0,"cron_expression":null`},
		{Sync{Frequency: "weekly", Hour: 5},
			`"schedule_frequency":"weekly","schedule_day":"Monday","schedule_hour":5,"schedule_minute":0,"cron_expression":null`},
	} {
		c, _ := startAt(noon, Options{Empty: true})
		id := c.AddSync(test.sync)
		if got := string(c.appendSync(nil, c.byID[id], v1, c.nowMS())); !strings.Contains(got, test.want) {
			t.Errorf("%.400s, want %s", got, test.want)
		}
	}
}
