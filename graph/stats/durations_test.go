package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// Quantiles are exact up to the limit. With one more run they are within 1 %.
func TestDurationsSwitchOver(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 2, 99, 100, 101, exactRuns - 1, exactRuns, exactRuns + 1, 3 * exactRuns, 200_000} {
		var d durations
		var all []float64
		for range n {
			ms := int64(math.Exp(dice.Float64() * 18))
			d.add(ms, keyOf(ms), exactRuns)
			all = append(all, seconds(ms))
		}
		if isExact := d.approx == nil; isExact != (n <= exactRuns) {
			t.Errorf("%d runs: exact is %t", n, isExact)
		}
		share := 1e-12
		if n > exactRuns {
			share = 0.01
		}
		checkDurations(t, d.summary(), all, share)
	}
}

// Whether quantiles are exact depends on the number of runs, not on the order or the merging.
func TestLawDurationsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 20
		values := rapid.SliceOfN(rapid.Int64Range(0, 1<<rapid.IntRange(1, 45).Draw(t, "bits")), 0, 60).Draw(t, "ms")
		var one durations
		parts := make([]durations, 4)
		var all []float64
		for _, ms := range values {
			one.add(ms, keyOf(ms), limit)
			parts[rapid.IntRange(0, 3).Draw(t, "part")].add(ms, keyOf(ms), limit)
			all = append(all, seconds(min(ms, longest)))
		}
		var merged durations
		for i := range parts {
			merged.merge(&parts[i], limit)
		}
		a, b := one.summary(), merged.summary()
		if (a == nil) != (b == nil) || a != nil && *a != *b {
			t.Fatalf("one %+v, merged %+v", a, b)
		}
		if len(values) > 0 && a.Max <= longest/1000 {
			checkDurations(t, a, all, 0.01)
		}
	})
}

func TestSketchError(t *testing.T) {
	last := keyOf(1 << 62)
	if last != keyOf(longest) || last != 1402 {
		t.Errorf("the last bin is %d", last)
	}
	for _, ms := range []int64{1, 2, 3, 50, 51, 52, 1000, 36_412, 86_400_000, 1<<40 - 1, 1 << 40} {
		if off := math.Abs(valueOf(keyOf(ms))-float64(ms)) / float64(ms); off > 0.01 {
			t.Errorf("%d ms became %g, off by %.3f %%", ms, valueOf(keyOf(ms)), off*100)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(1, longest).Draw(t, "ms")
		if off := math.Abs(valueOf(keyOf(ms))-float64(ms)) / float64(ms); off > 0.01 {
			t.Fatalf("off by %.3f %%", off*100)
		}
	})
}

func TestSketchCountsStayAtTheirLimit(t *testing.T) {
	var s sketch
	s.add(7, math.MaxUint32-1)
	s.merge(sketch{{7, 5}, {9, 1}})
	if s[0].n != math.MaxUint32 || s[1] != (bin{9, 1}) {
		t.Errorf("%v", s)
	}
	if got := s.at(1 << 40); got != valueOf(9) {
		t.Errorf("a rank past the end is %g", got)
	}
}
