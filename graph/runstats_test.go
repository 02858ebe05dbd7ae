package graph_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/sim"
)

// told is what a statistic answers.
type told struct {
	TotalRuns int
	ByOutcome []struct {
		Outcome string
		Count   int
	}
	SuccessRate     *float64
	DurationSeconds *struct {
		Count                         int
		Min, Max, Mean, P50, P95, P99 float64
	}
	Records struct{ Processed, Updated, Failed, Invalid int64 }
	Errors  []struct {
		Code       *string
		Count      int
		LastSeenAt time.Time
		LatestRun  struct{ DatabaseID int64 }
	}
	LastSuccessAt *time.Time
	Series        []struct {
		TotalRuns int
		Records   struct{ Processed int64 }
	}
	Truncated bool
}

const toldFields = `{ totalRuns byOutcome { outcome count } successRate durationSeconds { count min max mean p50 p95 p99 }
	records { processed updated failed invalid } errors(first: 200) { code count lastSeenAt latestRun { databaseId } }
	lastSuccessAt series(bucket: DAY, timeZone: "Asia/Kathmandu") { totalRuns records { processed } } truncated }`

// Statistics of random histories are those of the runs that Census has.
func TestStatsTellTheTruth(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h, census := serve(sim.Options{Empty: true})
		var ids []string
		var runs []sim.Run
		since, until := now.Add(-30*24*time.Hour), now.Add(-time.Duration(rapid.IntRange(0, 20).Draw(rt, "until"))*24*time.Hour)
		outcomes := rapid.SampledFrom([]string{"", "FAILED", "SUCCEEDED PARTIAL"}).Draw(rt, "outcomes")
		for range rapid.IntRange(1, 4).Draw(rt, "syncs") {
			id := census.AddSync(sim.Sync{})
			ids = append(ids, fmt.Sprintf(`"%d"`, id))
			at := now.Add(-40 * 24 * time.Hour)
			for range rapid.SampledFrom([]int{0, 3, 40, 240}).Draw(rt, "runs") {
				at = at.Add(time.Duration(rapid.IntRange(0, 16*3600_000).Draw(rt, "pause")) * time.Millisecond)
				if at.After(now) {
					break
				}
				census.AddRun(id, drawnRun(rt, at))
			}
			for _, r := range census.Runs(id) {
				if !r.CreatedAt.Before(since) && r.CreatedAt.Before(until) && (outcomes == "" || strings.Contains(outcomes, outcomeOf(r))) {
					runs = append(runs, r)
				}
			}
		}
		filter := fmt.Sprintf("createdSince: %q, createdBefore: %q", since.Format(time.RFC3339), until.Format(time.RFC3339))
		if outcomes != "" {
			filter += fmt.Sprintf(", outcomes: [%s]", outcomes)
		}
		list := strings.Join(ids, ",")
		if rapid.Bool().Draw(rt, "workspace") {
			list = "null"
		} else {
			list = "[" + list + "]"
		}
		var answer struct {
			Errors []gqlError
			Data   struct {
				SyncRunStats told
				Syncs        struct{ Nodes []struct{ RunStats told } }
			}
		}
		query := fmt.Sprintf("{ syncRunStats(syncIds: %s, filter: {%s}) %s syncs(first: 10) { nodes { runStats(filter: {%s}) { totalRuns series(bucket: HOUR) { totalRuns } } } } }", list, filter, toldFields, filter)
		if err := json.Unmarshal([]byte(post(t, h, query, "{}")), &answer); err != nil || answer.Errors != nil {
			rt.Fatal(err, answer.Errors)
		}
		got, alone := answer.Data.SyncRunStats, 0
		for _, n := range answer.Data.Syncs.Nodes {
			inSeries := 0
			for _, b := range n.RunStats.Series {
				inSeries += b.TotalRuns
			}
			if inSeries != n.RunStats.TotalRuns {
				rt.Fatalf("%d runs in the series of %d", inSeries, n.RunStats.TotalRuns)
			}
			alone += n.RunStats.TotalRuns
		}
		if got.Truncated || got.TotalRuns != len(runs) || alone != len(runs) {
			rt.Fatalf("%d runs, truncated %t, and %d one by one, want %d", got.TotalRuns, got.Truncated, alone, len(runs))
		}
		checkTold(rt, got, runs)
	})
}

// drawnRun is a run created at a moment, of any kind.
func drawnRun(rt *rapid.T, at time.Time) sim.Run {
	r := sim.Run{CreatedAt: at, Status: rapid.SampledFrom([]string{"completed", "completed", "failed", "skipped", "working", "defrosting"}).Draw(rt, "status")}
	r.Canceled = rapid.IntRange(0, 9).Draw(rt, "canceled") == 0
	if rapid.IntRange(0, 9).Draw(rt, "dry") == 0 {
		r.Tag = "Dry Run"
	}
	if r.Status != "working" && rapid.Bool().Draw(rt, "ended") {
		r.CompletedAt = at.Add(time.Duration(rapid.IntRange(0, 3_600_000).Draw(rt, "took")) * time.Millisecond)
	}
	if r.Status == "completed" {
		n := rapid.Int64Range(1, 1<<40).Draw(rt, "records")
		r.Counts = sim.Counts{Source: n, Processed: n, Updated: n / 2, Failed: n % 3, Invalids: n % 2}
	}
	if r.Status == "failed" || rapid.IntRange(0, 4).Draw(rt, "error") == 0 {
		r.ErrorCode = rapid.SampledFrom([]string{"", "AUTH", "COLUMN"}).Draw(rt, "code")
		r.ErrorMessage = rapid.SampledFrom([]string{"", "it broke", "it fell"}).Draw(rt, "message")
	}
	return r
}

func outcomeOf(r sim.Run) string {
	switch {
	case r.Canceled:
		return "CANCELED"
	case r.Status == "completed" && (r.Counts.Failed > 0 || r.Counts.Invalids > 0):
		return "PARTIAL"
	}
	return map[string]string{"completed": "SUCCEEDED", "failed": "FAILED", "skipped": "SKIPPED", "working": "IN_PROGRESS", "defrosting": "UNKNOWN"}[r.Status]
}

// checkTold compares a statistic with the runs themselves.
func checkTold(rt *rapid.T, got told, runs []sim.Run) {
	byOutcome, groups := map[string]int{}, map[string][]sim.Run{}
	var good, finished, inSeries int
	var processed, updated, failed, invalid int64
	var seconds []float64
	var lastSuccess time.Time
	for _, r := range runs {
		o := outcomeOf(r)
		byOutcome[o]++
		if o == "FAILED" || o == "PARTIAL" && r.ErrorCode+r.ErrorMessage != "" {
			key := cmp.Or(r.ErrorCode, "message "+r.ErrorMessage)
			groups[key] = append(groups[key], r)
		}
		if r.Tag == "Dry Run" {
			continue
		}
		success := o == "SUCCEEDED" || o == "PARTIAL"
		if success {
			good++
			if r.CompletedAt.After(lastSuccess) {
				lastSuccess = r.CompletedAt
			}
		}
		if success || o == "FAILED" {
			finished++
		}
		if !r.CompletedAt.IsZero() {
			seconds = append(seconds, float64(r.CompletedAt.UnixMilli()-r.CreatedAt.UnixMilli())/1000)
		}
		processed, updated = processed+max(r.Counts.Processed, 0), updated+max(r.Counts.Updated, 0)
		failed, invalid = failed+max(r.Counts.Failed, 0), invalid+max(r.Counts.Invalids, 0)
	}
	for _, c := range got.ByOutcome {
		if c.Count != byOutcome[c.Outcome] {
			rt.Fatalf("%d %s, want %d", c.Count, c.Outcome, byOutcome[c.Outcome])
		}
	}
	if (got.SuccessRate == nil) != (finished == 0) || finished > 0 && *got.SuccessRate != float64(good)/float64(finished) {
		rt.Fatalf("success rate %v, want %d of %d", got.SuccessRate, good, finished)
	}
	if r := got.Records; r.Processed != processed || r.Updated != updated || r.Failed != failed || r.Invalid != invalid {
		rt.Fatalf("records %+v, want %d, %d, %d, %d", r, processed, updated, failed, invalid)
	}
	if (got.LastSuccessAt == nil) != lastSuccess.IsZero() || got.LastSuccessAt != nil && !got.LastSuccessAt.Equal(lastSuccess) {
		rt.Fatalf("last success %v, want %v", got.LastSuccessAt, lastSuccess)
	}
	var series int64
	for _, b := range got.Series {
		inSeries, series = inSeries+b.TotalRuns, series+b.Records.Processed
	}
	if inSeries != len(runs) || series != processed {
		rt.Fatalf("the series has %d runs of %d, %d records of %d", inSeries, len(runs), series, processed)
	}
	if (got.DurationSeconds == nil) != (len(seconds) == 0) {
		rt.Fatalf("durations %v of %v", got.DurationSeconds, seconds)
	}
	if d := got.DurationSeconds; d != nil {
		slices.Sort(seconds)
		sum := 0.0
		for _, s := range seconds {
			sum += s
		}
		nearest := func(percent int) float64 { return seconds[(percent*len(seconds)+99)/100-1] }
		want := []float64{float64(len(seconds)), seconds[0], seconds[len(seconds)-1], sum / float64(len(seconds)), nearest(50), nearest(95), nearest(99)}
		for i, v := range []float64{float64(d.Count), d.Min, d.Max, d.Mean, d.P50, d.P95, d.P99} {
			if math.Abs(v-want[i]) > 1e-6 {
				rt.Fatalf("durations %+v, want %v", *d, want)
			}
		}
	}
	if len(got.Errors) != len(groups) {
		rt.Fatalf("%d groups of errors, want %d", len(got.Errors), len(groups))
	}
	for _, g := range got.Errors {
		same := func(of []sim.Run) bool {
			latest := slices.MaxFunc(of, func(a, b sim.Run) int { return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID)) })
			return len(of) == g.Count && latest.ID == g.LatestRun.DatabaseID && latest.CreatedAt.Equal(g.LastSeenAt) && (g.Code == nil || *g.Code == latest.ErrorCode)
		}
		if !slices.ContainsFunc(slices.Collect(maps.Values(groups)), same) {
			rt.Fatalf("group %+v is none of %v", g, groups)
		}
	}
}
