package graph

import (
	"math"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// TestDecimalLaw: numbers are written as strconv writes them.
func TestDecimalLaw(t *testing.T) {
	same := func(n int64) bool { return string(appendDecimal([]byte("x"), n)) == "x"+strconv.FormatInt(n, 10) }
	for ten := int64(1); ten < 1e18; ten *= 10 {
		for _, n := range []int64{ten - 1, ten, ten + 1, -ten} {
			if !same(n) {
				t.Errorf("%d is written as %s", n, appendDecimal(nil, n))
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if n := rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 9999), rapid.Just(int64(math.MaxInt64)), rapid.Just(int64(math.MinInt64))).Draw(t, "n"); !same(n) {
			t.Fatalf("%d is written as %s", n, appendDecimal(nil, n))
		}
	})
}
