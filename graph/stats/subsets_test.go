package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

// Each run of a Digest is in the subset of its kind. Merged subsets equal a Digest of their runs.
func TestLawSubsets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(runFrom(march, days), 0, 60).Draw(t, "runs")
		by := Split{rapid.Bool().Draw(t, "by tag"), rapid.Bool().Draw(t, "by full")}
		d := NewDigest(nil)
		d.Until = march + days/2
		d.KeepSubsets(by)
		for i := range runs {
			d.Add(&runs[i])
		}
		var all Subset
		for kind, subset := range d.Subsets() {
			var inside []census.SyncRun
			var last census.DateTime
			for _, r := range runs {
				tag := ""
				if r.SyncTriggerReason != nil {
					tag = *r.SyncTriggerReason.UITag
				}
				if by.ByTag && tag != kind.Tag || by.ByFull && r.FullSync != kind.Full {
					continue
				}
				inside = append(inside, r)
				if o := r.Outcome(); !r.DryRun() && r.CompletedAt <= d.Until && (o == census.OutcomeSucceeded || o == census.OutcomePartial) {
					last = max(last, r.CompletedAt)
				}
			}
			if kind.Rest || !by.ByTag && kind.Tag != "" || !by.ByFull && kind.Full || subset.LastSuccessAt() != last {
				t.Fatalf("%+v: last success %s, want %s", kind, subset.LastSuccessAt(), last)
			}
			checkTally(t, &subset.Tally, inside)
			all.Merge(subset)
		}
		checkTally(t, &all.Tally, runs)
		if all.LastSuccessAt() != d.LastSuccessAt() {
			t.Fatalf("last success %s, want %s", all.LastSuccessAt(), d.LastSuccessAt())
		}
	})
}

// Any number of tags takes no more memory than some hundreds.
func TestManyTags(t *testing.T) {
	d := NewDigest(nil)
	d.KeepSubsets(Split{ByTag: true})
	for i := range 1000 {
		tag := fmt.Sprint(i)
		d.Add(&census.SyncRun{Status: census.StatusCompleted, CreatedAt: march, SyncTriggerReason: &census.SyncTriggerReason{UITag: &tag}})
	}
	if rest := d.Subsets()[Kind{Rest: true}]; len(d.Subsets()) != keptTags+1 || rest.TotalRuns() != 1000-keptTags {
		t.Errorf("%d kinds", len(d.Subsets()))
	}
	if NewDigest(nil).Subsets() != nil {
		t.Error("subsets without KeepSubsets")
	}
}

// The percentiles of a subset of thousands of runs are exact.
func TestSubsetsAreExact(t *testing.T) {
	d := NewDigest(nil)
	d.KeepSubsets(Split{})
	var took []float64
	for i := range 9000 {
		ms := int64(i*i%100_003) + 5
		took = append(took, float64(ms)/1000)
		d.Add(&census.SyncRun{Status: census.StatusCompleted, CreatedAt: march, CompletedAt: march + census.DateTime(ms)})
	}
	slices.Sort(took)
	var all Subset
	all.Merge(d.Subsets()[Kind{}])
	if got := all.Durations(); got.P50 != took[4499] || got.P95 != took[8549] || got.P99 != took[8909] || got.Count != 9000 {
		t.Errorf("%+v, want %v, %v and %v", got, took[4499], took[8549], took[8909])
	}
}

func TestCountAndCleanRate(t *testing.T) {
	d := new(Digest)
	add := func(n int, r census.SyncRun) {
		for range n {
			d.Add(&r)
		}
	}
	add(6, census.SyncRun{Status: census.StatusCompleted})
	add(3, census.SyncRun{Status: census.StatusCompleted, RecordsFailed: census.Count{N: 1, Known: true}})
	add(1, census.SyncRun{Status: census.StatusFailed})
	add(2, census.SyncRun{Status: census.StatusSkipped})
	add(5, census.SyncRun{Status: census.StatusCompleted, SyncTriggerReason: &census.SyncTriggerReason{UITag: ptr("Dry Run")}})
	if got := *d.CleanRate(); math.Abs(got-0.6) > 1e-9 {
		t.Errorf("clean rate %v", got)
	}
	if got := *d.SuccessRate(); math.Abs(got-0.9) > 1e-9 {
		t.Errorf("success rate %v", got)
	}
	for want, outcomes := range map[int][]census.SyncRunOutcome{17: nil, 0: {}, 11: {census.OutcomeSucceeded}, 3: {census.OutcomeSkipped, census.OutcomeFailed, census.OutcomeSkipped}} {
		if got := d.Count(outcomes); got != want {
			t.Errorf("%v: %d, want %d", outcomes, got, want)
		}
	}
	if new(Tally).CleanRate() != nil {
		t.Error("a rate of no runs")
	}
}
