package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"census-gateway/upstream/sim"
)

// Statistics over a month of 200 hourly syncs, 144,000 runs, use less than 100 MiB above the idle
// program. This holds over all syncs together and for each sync, with an empty and with a full
// cache.
func TestMonthInLittleMemory(t *testing.T) {
	const syncs, hours, more = 200, 720, 200
	now := time.Now()
	c := newCensus(t, sim.Options{Empty: true})
	for range syncs {
		id := c.AddSync(sim.Sync{CreatedAt: now.AddDate(-1, 0, 0)})
		for h := range hours + more {
			r := sim.Run{CreatedAt: now.Add(time.Duration(h-hours-more)*time.Hour + time.Hour/2)}
			if h%40 == 0 {
				r.Status, r.ErrorMessage = "failed", fmt.Sprintf("Statement timed out after %d seconds", h)
			}
			c.AddRun(id, r)
		}
	}
	stats := `(filter: {createdSince: "` + now.Add(-hours*time.Hour).Format(time.RFC3339) + `"}) {
		totalRuns successRate durationSeconds { p95 } errors { count latestRun { errorMessage } } series(bucket: DAY, timeZone: "Europe/Berlin") { totalRuns } truncated }`
	for name, query := range map[string]string{
		"together": `{ syncRunStats` + stats + ` }`,
		"each":     `{ syncs(first: 200) { nodes { id label health { state } runStats` + stats + ` } } }`,
	} {
		t.Run(name, func(t *testing.T) {
			g := start(t, c.settings("GATEWAY_OPERATION_TIMEOUT=30s", "GATEWAY_ANSWER_CACHE=0")...)
			g.query(t, `{syncs{nodes{id}}}`, nil).answered(t)
			idle := g.peak(t)
			for range 3 {
				c.takeRequests()
				a, err := send("POST", "http://"+g.host+"/graphql", body(query, nil), "Content-Type", asJSON)
				if err != nil {
					t.Fatal(err)
				}
				var answer struct {
					SyncRunStats struct{ TotalRuns int }
					Syncs        struct {
						Nodes []struct{ RunStats struct{ TotalRuns int } }
					}
				}
				json.Unmarshal(a.Data, &answer)
				runs := answer.SyncRunStats.TotalRuns
				for _, n := range answer.Syncs.Nodes {
					runs += n.RunStats.TotalRuns
				}
				if len(a.Errors) > 0 || runs != syncs*hours {
					t.Errorf("%d runs, %v", runs, a.Errors)
				}
				t.Logf("%d calls, %s, %d MiB above the %d MiB when idle", len(c.takeRequests()), a.took.Round(time.Millisecond), g.peak(t)-idle, idle)
			}
			if more := g.peak(t) - idle; more > 100 {
				t.Errorf("%d MiB above the %d MiB when idle", more, idle)
			}
		})
	}
}

// peak returns the maximum memory of the program so far, in MiB.
func (g *gateway) peak(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", g.process.Pid))
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(text)
	if err != nil || m == nil {
		t.Skip("no peak in /proc here")
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return kb >> 10
}
