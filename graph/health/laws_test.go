package health

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

func itoa(n int) string { return strconv.Itoa(n) }

// anyRuns draws runs, newest first, that need not be plausible.
func anyRuns(t *rapid.T) (runs []census.SyncRun) {
	before := time.Duration(rapid.Int64Range(-7200, 86400).Draw(t, "newest")) * time.Second
	for range rapid.IntRange(0, 30).Draw(t, "runs") {
		changes := rapid.SliceOfN(rapid.SampledFrom([]change{failed, notCompleted, skipped, working, canceled, unknownStatus, full, dry, lasting(3 * time.Hour), lasting(9000 * time.Hour), scheduled(time.Hour), rejectedRecords(3), invalidRecords(900), rejectedRecords(-4)}), 0, 3).Draw(t, "changes")
		runs = append(runs, run(before, changes...))
		before += time.Duration(rapid.SampledFrom([]int64{0, 60, 900, 3600, 86400}).Draw(t, "gap")) * time.Second
	}
	return runs
}

func anySync(t *rapid.T) *census.Sync {
	small := rapid.SampledFrom([]*int32{nil, ptr[int32](0), ptr[int32](7), ptr[int32](24), ptr[int32](-1), ptr[int32](1 << 30)})
	return &census.Sync{
		ID:        52,
		Paused:    rapid.IntRange(0, 9).Draw(t, "paused") == 0,
		CreatedAt: rapid.SampledFrom([]census.DateTime{0, 1, beforeNoon(9000 * time.Hour), beforeNoon(-time.Hour)}).Draw(t, "created"),
		UpdatedAt: rapid.SampledFrom([]census.DateTime{0, beforeNoon(90 * time.Hour), beforeNoon(-90 * time.Hour)}).Draw(t, "updated"),
		Schedule: census.SyncSchedule{
			Frequency:      rapid.SampledFrom([]*string{nil, ptr("never"), ptr("continuous"), ptr("hourly"), ptr("daily"), ptr("weekly"), ptr("expression"), ptr("?")}).Draw(t, "frequency"),
			Day:            rapid.SampledFrom([]*string{nil, ptr("Sunday"), ptr("x")}).Draw(t, "day"),
			Hour:           small.Draw(t, "hour"),
			Minute:         small.Draw(t, "minute"),
			CronExpression: rapid.SampledFrom([]*string{nil, ptr("0 0 * * *"), ptr("* * 31 2 *"), ptr("22-2 5 * * fri-mon UTC"), ptr("nonsense")}).Draw(t, "cron"),
		},
	}
}

// For any runs there is one state and one sentence, and all values agree.
func TestLawHealth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sync, runs, more := anySync(t), anyRuns(t), rapid.Bool().Draw(t, "more")
		h := Of(sync, runs, more, noon)
		v := newFacts(sync, runs, more, noon)
		for _, r := range rules {
			if f, ok := r.applies(&v); ok {
				if r.state != h.State || f.reason != h.Reason || f.since != h.Since {
					t.Fatalf("the first rule is %s, the state %s", r.state, h.State)
				}
				break
			}
		}
		if h.ConsecutiveFailures < 0 || h.ConsecutiveFailures > len(runs) {
			t.Fatalf("%d failures in %d runs", h.ConsecutiveFailures, len(runs))
		}
		if (h.FreshnessSeconds == nil) != (h.LastSuccessAt == 0) || h.FreshnessSeconds != nil && *h.FreshnessSeconds < 0 {
			t.Fatalf("fresh by %v, last success at %s", h.FreshnessSeconds, h.LastSuccessAt)
		}
		if h.LateBySeconds != nil && (*h.LateBySeconds < 0 || sync.Paused) || h.State == Late && (h.LateBySeconds == nil || *h.LateBySeconds <= 0) {
			t.Fatalf("%s, late by %v", h.State, h.LateBySeconds)
		}
		if !strings.HasSuffix(h.Reason, ".") || strings.Count(h.Reason, ". ") > 0 || strings.Contains(h.Reason, "NaN") {
			t.Fatalf("not a sentence: %s", h.Reason)
		}
		if more && (strings.Contains(h.Reason, "never") || h.State == NeverRan) {
			t.Fatalf("the reason says never, but there may be older runs: %s", h.Reason)
		}
		if h.Since > beforeNoon(-census.ClockLead) || h.LastSuccessAt > beforeNoon(-census.ClockLead) {
			t.Fatalf("in the future: %+v", h)
		}
		if _, err := ParseSchedule(sync.Schedule); err != nil && (h.State == Healthy || h.State == Late) {
			t.Fatalf("%s with an invalid schedule: %v", h.State, err)
		}
		if h.State == Failing && h.ConsecutiveFailures == 0 || h.State == Healthy && h.ConsecutiveFailures > 0 || (h.State == Paused) != sync.Paused {
			t.Fatalf("%+v", h)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	sync, runs := withFrequency("hourly"), hourlyRuns(10*time.Minute, 100)
	b.ReportAllocs()
	for b.Loop() {
		Of(&sync, runs, true, noon)
	}
}
