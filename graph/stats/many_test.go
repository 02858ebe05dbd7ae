package stats

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"census-gateway/upstream/census"
)

// With too many runs for exact quantiles, they are within 1 %, in total and in each bucket.
// Merging in any order gives the same result.
func TestLawManyRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		n := rapid.SampledFrom([]int{900, 1000, 1001, 4000}).Draw(t, "runs")
		hours := rapid.Int64Range(1, 30).Draw(t, "hours")
		runs := make([]census.SyncRun, n)
		parts := make([]*Digest, 7)
		for i := range parts {
			parts[i] = new(Digest)
		}
		for i := range runs {
			r := typicalTestRun(dice, i+1)
			took := r.CompletedAt - r.CreatedAt
			r.CreatedAt = march + census.DateTime(dice.Int64N(hours*3_600_000))
			r.CompletedAt = r.CreatedAt + took
			runs[i] = r
			parts[dice.IntN(len(parts))].Add(&r)
		}
		left, right := parts[0], parts[6]
		for i := 1; i <= 3; i++ {
			left.Merge(parts[i])
		}
		for i := 5; i >= 4; i-- {
			right.Merge(parts[i])
		}
		right.Merge(left)
		checkSame(t, digestOf(runs), right)
		share := 0.01
		if n <= exactRuns {
			share = 1e-9
		}
		checkDurations(t, right.Durations(), secondsOf(runs), share)
		buckets, err := right.Series(Hour, mustZone(t, "Europe/Berlin"), 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		ends := endsOf(buckets, calendar{Hour, mustZone(t, "Europe/Berlin")})
		for i, b := range buckets {
			var inside []census.SyncRun
			for _, r := range runs {
				if r.CreatedAt >= b.StartsAt && r.CreatedAt < ends[i] {
					inside = append(inside, r)
				}
			}
			checkDurations(t, b.Durations(), secondsOf(inside), 0.01)
		}
	})
}

func secondsOf(runs []census.SyncRun) (all []float64) {
	for i := range runs {
		if s := runs[i].DurationSeconds(); s != nil {
			all = append(all, *s)
		}
	}
	return all
}
