package stats

import "census-gateway/upstream/census"

// A quarter is a quarter hour of UTC, counted from 1970.
type quarter int32

const (
	quarterMS  = 15 * 60 * 1000
	maxQuarter = quarter(1 << 29) // after the year 9999, with room to count further
)

// quarterOf returns the quarter hour that contains t. It returns 0 before 1970 and maxQuarter in
// the far future.
func quarterOf(t census.DateTime) quarter {
	return quarter(min(max(int64(t), 0)/quarterMS, int64(maxQuarter)))
}

func (q quarter) start() census.DateTime { return census.DateTime(q) * quarterMS }
