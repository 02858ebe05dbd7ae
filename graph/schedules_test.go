package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// A sync that has not run for forty days is late by every valid schedule. By an invalid schedule
// its state is unknown. It is healthy only without a schedule.
func TestSilentSyncs(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	long := now.Add(-40 * 24 * time.Hour)
	type silent struct{ state, reason string }
	want := map[string]silent{}
	add := func(s sim.Sync, w silent) {
		s.CreatedAt, s.RawSchedule = long.Add(-time.Hour), true
		id := census.AddSync(s)
		census.AddRun(id, sim.Run{CreatedAt: long, CompletedAt: long.Add(time.Minute), Counts: sim.Counts{Source: 9, Processed: 9, Updated: 9}})
		want[fmt.Sprintf("Sync:%d", id)] = w
	}
	for _, cron := range []string{
		"0 5 * * *", "*/20 * * * *", "@daily", "@hourly", "@midnight", "@weekly", "@Daily", "@every 6h", "0 5 * * sunday", "0 5 * * Mon-Friday", "0 5 * january-december *", "0 5 * * fri-mon", "0 22-2 * * *",
		"*/90 * * * *", "0 */36 * * *", "0 0 5 * * *", "0 0 5 ? * mon", "0 0 5 * * * *", "0 5 * * * UTC", "0 5 * * * America/New_York", "CRON_TZ=Europe/Berlin 0 5 * * *", "5,35 5,17 * * 0,6", "0 5 * * 7",
	} {
		add(sim.Sync{Frequency: "expression", Cron: cron, Hour: -1, Minute: -1}, silent{"LATE", fmt.Sprintf("the schedule is %q.", cron)})
	}
	for _, cron := range []string{"0 5 L * *", "0 5 * * 5#2", "@reboot", "0 5 * * * CEST", "61 5 * * *", "0 0 30 2 *", "0 5 * *", "every day at five", "R/P1D"} {
		add(sim.Sync{Frequency: "expression", Cron: cron, Hour: -1, Minute: -1}, silent{"UNKNOWN", fmt.Sprintf("its schedule, %q, cannot be parsed", cron)})
	}
	add(sim.Sync{Frequency: "expression", Hour: -1, Minute: -1}, silent{"UNKNOWN", `its schedule, "", cannot be parsed`})
	add(sim.Sync{Frequency: "fortnightly", Hour: 5}, silent{"UNKNOWN", `its schedule, "fortnightly", cannot be parsed`})
	add(sim.Sync{Frequency: "weekly", Hour: 5}, silent{"UNKNOWN", "its schedule, weekly, cannot be parsed (no day)"})
	add(sim.Sync{Frequency: "weekly", Day: "Someday", Hour: 5}, silent{"UNKNOWN", "its schedule, weekly, cannot be parsed (unknown day)"})
	add(sim.Sync{Frequency: "daily", Hour: -1, Minute: 5}, silent{"UNKNOWN", "its schedule, daily, cannot be parsed"})
	add(sim.Sync{Hour: -1, Minute: -1}, silent{"UNKNOWN", `its schedule, "", cannot be parsed (no frequency)`})
	add(sim.Sync{Cron: "0 5 * * *", Hour: -1, Minute: -1}, silent{"LATE", `the schedule is "0 5 * * *".`})
	add(sim.Sync{Frequency: "weekly", Day: "Monday", Hour: 5}, silent{"LATE", "the schedule is weekly."})
	add(sim.Sync{Frequency: "never", Hour: -1, Minute: -1}, silent{"HEALTHY", "The last finished run succeeded 39 days ago."})

	var a struct {
		Data struct {
			Syncs struct {
				Nodes []struct {
					ID     string
					Health struct {
						State, Reason string
						Since         *time.Time
						LateBySeconds *float64
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(post(t, h, "{ syncs(first: 100) { nodes { id health { state reason since lateBySeconds } } } }", "{}")), &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Data.Syncs.Nodes) != len(want) {
		t.Fatalf("%d syncs, want %d", len(a.Data.Syncs.Nodes), len(want))
	}
	for _, n := range a.Data.Syncs.Nodes {
		w := want[n.ID]
		if n.Health.State != w.state || !strings.Contains(n.Health.Reason, w.reason) || (n.Health.LateBySeconds != nil) != (w.state == "LATE") {
			t.Errorf("%+v, want %+v", n.Health, w)
		}
		if w.state == "UNKNOWN" && n.Health.Since != nil {
			t.Errorf("since %s: %s", n.Health.Since, n.Health.Reason)
		}
	}
}

// A time in the future does not make a sync fresh or healthy.
func TestSilentSyncsOfTheFuture(t *testing.T) {
	h, census := serve(sim.Options{Empty: true})
	long, future := now.Add(-40*24*time.Hour), now.Add(87_600*time.Hour)
	good := sim.Counts{Source: 9, Processed: 9, Updated: 9}
	for name, build := range map[string]func(s *sim.Sync) []sim.Run{
		"a run created":    func(*sim.Sync) []sim.Run { return []sim.Run{{CreatedAt: future, CompletedAt: future, Counts: good}} },
		"a run that works": func(*sim.Sync) []sim.Run { return []sim.Run{{CreatedAt: future, Status: "working"}} },
		"a run completed": func(*sim.Sync) []sim.Run {
			return []sim.Run{{CreatedAt: long.Add(time.Hour), CompletedAt: future, Counts: good}}
		},
		"a run scheduled": func(*sim.Sync) []sim.Run {
			return []sim.Run{{CreatedAt: long.Add(time.Hour), ScheduledAt: future, Counts: good}}
		},
		"a run touched": func(*sim.Sync) []sim.Run {
			return []sim.Run{{CreatedAt: long.Add(time.Hour), UpdatedAt: future, Counts: good}}
		},
		"a sync changed":          func(s *sim.Sync) []sim.Run { s.UpdatedAt = future; return nil },
		"a sync made and changed": func(s *sim.Sync) []sim.Run { s.CreatedAt, s.UpdatedAt = future, future; return nil },
	} {
		s := sim.Sync{Label: name, Frequency: "daily", Hour: 5, CreatedAt: long.Add(-time.Hour)}
		runs := build(&s)
		id := census.AddSync(s)
		for _, r := range append([]sim.Run{{CreatedAt: long, CompletedAt: long.Add(time.Minute), Counts: good}}, runs...) {
			census.AddRun(id, r)
		}
		var a struct {
			Data struct {
				Sync struct {
					Health struct {
						State, Reason                   string
						LastSuccessAt, Since            *time.Time
						FreshnessSeconds, LateBySeconds *float64
					}
					RunStats struct{ LastSuccessAt *time.Time }
				}
			}
		}
		query := fmt.Sprintf("{ sync(id: %d) { health { state reason since lastSuccessAt freshnessSeconds lateBySeconds } runStats(filter: {}) { lastSuccessAt } } }", id)
		if err := json.Unmarshal([]byte(post(t, h, query, "{}")), &a); err != nil {
			t.Fatal(err)
		}
		const days = 24 * 3600
		got := a.Data.Sync.Health
		if got.State != "LATE" || got.FreshnessSeconds == nil || *got.FreshnessSeconds < 39*days || got.LateBySeconds == nil || *got.LateBySeconds < 38*days ||
			got.LastSuccessAt.After(now) || got.Since.After(now) || a.Data.Sync.RunStats.LastSuccessAt.After(now) {
			t.Errorf("%s in the future: %+v, %s", name, got, a.Data.Sync.RunStats.LastSuccessAt)
		}
	}
}
