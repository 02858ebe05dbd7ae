package stats

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

// Every reader agrees with a plain computation over the runs, for one Digest and for merged
// parts.
func TestLawReadersAgreeWithRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(runFrom(march, 3*days), 0, 120).Draw(t, "runs")
		d := splitDigests(t, runs)
		checkTally(t, &d.Tally, runs)
		checkErrors(t, d.Errors(0), runs)
		want := census.DateTime(0)
		for _, r := range withoutDryRuns(runs) {
			if o := r.Outcome(); o == census.OutcomeSucceeded || o == census.OutcomePartial {
				want = max(want, r.CompletedAt)
			}
		}
		if got := d.LastSuccessAt(); got != want {
			t.Fatalf("last success %s, want %s", got, want)
		}
	})
}

// A Digest merged from any parts of a history equals a Digest of the whole.
func TestLawMergeEqualsOneDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := rapid.SliceOfN(runFrom(march, 3*days), 0, 120).Draw(t, "runs")
		seen := map[census.SyncRunID]bool{}
		runs = slices.DeleteFunc(runs, func(r census.SyncRun) bool {
			defer func() { seen[r.ID] = true }()
			return seen[r.ID]
		})
		checkSame(t, digestOf(runs), splitDigests(t, runs))
	})
}

func checkSame(t *rapid.T, a, b *Digest) {
	tell := func(d *Digest) map[string]any {
		series, err := d.Series(Hour, mustZone(t, "Asia/Kathmandu"), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		var buckets []any
		for _, x := range series {
			buckets = append(buckets, x.StartsAt, x.TotalRuns(), x.ByOutcome(), x.Records(), x.Durations())
		}
		return map[string]any{
			"runs": d.TotalRuns(), "outcomes": d.ByOutcome(), "rate": d.SuccessRate(), "durations": d.Durations(),
			"records": d.Records(), "errors": d.Errors(0), "last": d.LastSuccessAt(), "series": buckets,
		}
	}
	if diff := gocmp.Diff(tell(a), tell(b)); diff != "" {
		t.Fatalf("one fold and the merged parts differ (-one +parts):\n%s", diff)
	}
}

// withoutDryRuns returns the runs that are not dry runs.
func withoutDryRuns(runs []census.SyncRun) (kept []census.SyncRun) {
	for _, r := range runs {
		if !r.DryRun() {
			kept = append(kept, r)
		}
	}
	return kept
}

func checkTally(t *rapid.T, got *Tally, runs []census.SyncRun) {
	if got.TotalRuns() != len(runs) {
		t.Fatalf("%d runs, want %d", got.TotalRuns(), len(runs))
	}
	byOutcome, finished := map[census.SyncRunOutcome]int{}, map[census.SyncRunOutcome]int{}
	for _, r := range runs {
		byOutcome[r.Outcome()]++
	}
	if counts := got.ByOutcome(); len(counts) != 7 {
		t.Fatalf("outcomes: %v", counts)
	}
	for _, c := range got.ByOutcome() {
		if c.Count != byOutcome[c.Outcome] {
			t.Fatalf("%s: %d runs, want %d", c.Outcome, c.Count, byOutcome[c.Outcome])
		}
	}
	var durations []float64
	var processed, invalid big.Int
	for _, r := range withoutDryRuns(runs) {
		finished[r.Outcome()]++
		if s := r.DurationSeconds(); s != nil {
			durations = append(durations, *s)
		}
		processed.Add(&processed, big.NewInt(r.RecordsProcessed.N))
		if r.SourceRecordInvalids.Known {
			invalid.Add(&invalid, big.NewInt(r.SourceRecordInvalids.N))
		} else {
			invalid.Add(&invalid, big.NewInt(r.RecordsInvalid.N))
		}
	}
	good := finished[census.OutcomeSucceeded] + finished[census.OutcomePartial]
	if all := good + finished[census.OutcomeFailed]; all == 0 && got.SuccessRate() != nil ||
		all > 0 && (got.SuccessRate() == nil || *got.SuccessRate() != float64(good)/float64(all)) {
		t.Fatalf("success rate %v of %v", got.SuccessRate(), finished)
	}
	if r := got.Records(); r.Processed != clipInt64(&processed) || r.Invalid != clipInt64(&invalid) {
		t.Fatalf("records %+v, want %s processed, %s invalid", r, &processed, &invalid)
	}
	checkDurations(t, got.Durations(), durations, 1e-9)
}

func clipInt64(n *big.Int) int64 {
	if n.IsInt64() {
		return n.Int64()
	}
	return math.MaxInt64
}

// checkDurations allows the relative error share in quantiles; all other values must be exact.
func checkDurations(t rapid.TB, got *DurationSummary, all []float64, share float64) {
	t.Helper()
	if len(all) == 0 || got == nil {
		if len(all) != 0 || got != nil {
			t.Fatalf("%+v of %d durations", got, len(all))
		}
		return
	}
	slices.Sort(all)
	sum := 0.0
	for _, s := range all {
		sum += s
	}
	near := func(a, b, share float64) bool { return math.Abs(a-b) <= share*b+1e-9 }
	nearest := func(q float64) float64 { return all[int(math.Ceil(q*float64(len(all))-1e-6))-1] }
	if got.Count != len(all) || got.Min != all[0] || got.Max != all[len(all)-1] || !near(got.Mean, sum/float64(len(all)), 1e-9) {
		t.Fatalf("%+v of %d durations from %g to %g", got, len(all), all[0], all[len(all)-1])
	}
	if !near(got.P50, nearest(.50), share) || !near(got.P95, nearest(.95), share) || !near(got.P99, nearest(.99), share) {
		t.Fatalf("%+v, want %g, %g, %g", got, nearest(.50), nearest(.95), nearest(.99))
	}
}

func checkErrors(t *rapid.T, got []ErrorGroup, runs []census.SyncRun) {
	want := map[string][]census.SyncRun{}
	for _, r := range runs {
		code, message := errorOf(&r)
		switch o := r.Outcome(); {
		case o == census.OutcomeFailed, o == census.OutcomePartial && code+message != "":
			key := "code " + code
			if code == "" {
				key = "pattern " + pattern(message)
			}
			want[key] = append(want[key], r)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d groups, want %d", len(got), len(want))
	}
	if !slices.IsSortedFunc(got, func(a, b ErrorGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(b.LastSeenAt, a.LastSeenAt))
	}) {
		t.Fatalf("not by count: %+v", got)
	}
	for _, g := range got {
		_, message := errorOf(g.LatestRun)
		key := "pattern " + pattern(message)
		if g.Code != nil {
			key = "code " + *g.Code
		}
		of := want[key]
		if len(of) != g.Count {
			t.Fatalf("%q: %d, want %d", key, g.Count, len(of))
		}
		latest := slices.MaxFunc(of, func(a, b census.SyncRun) int { return compareRuns(&a, &b) })
		if g.LatestRun.ID != latest.ID || g.LastSeenAt != latest.CreatedAt {
			t.Fatalf("%q: latest is %d, want %d", key, g.LatestRun.ID, latest.ID)
		}
		first, syncs := of[0].CreatedAt, map[census.SyncID]bool{}
		for _, r := range of {
			first = min(first, r.CreatedAt)
			syncs[r.SyncID] = true
			if only := (&Filter{ErrorGroups: []string{g.Key}}); !only.Match(&r) || only.Check() != nil {
				t.Fatalf("%q: its key does not pass %+v", key, r)
			}
		}
		if g.FirstSeenAt != first || g.SyncCount != len(syncs) {
			t.Fatalf("%q: since %s of %d syncs, want %s and %d", key, g.FirstSeenAt, g.SyncCount, first, len(syncs))
		}
		passed := 0
		for i := range runs {
			if (&Filter{ErrorGroups: []string{g.Key}}).Match(&runs[i]) {
				passed++
			}
		}
		if passed != len(of) {
			t.Fatalf("%q: its key passes %d runs, want %d", key, passed, len(of))
		}
	}
}
