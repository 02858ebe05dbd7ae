package stats

import (
	"math"

	"census-gateway/upstream/census"
)

// RecordTotals holds numbers of records. A null number counts as 0. A total stops at the largest
// int64.
type RecordTotals struct {
	Processed int64 // sent to the destination (API reference); before 2024, read from the source
	Updated   int64 // accepted by the destination
	Failed    int64 // rejected by the destination
	Invalid   int64 // excluded by Census as invalid
}

func (t *RecordTotals) add(r *census.SyncRun) {
	t.merge(RecordTotals{number(r.RecordsProcessed), number(r.RecordsUpdated), number(r.RecordsFailed), number(r.Invalids())})
}

func (t *RecordTotals) merge(o RecordTotals) {
	t.Processed = addSaturated(t.Processed, o.Processed)
	t.Updated = addSaturated(t.Updated, o.Updated)
	t.Failed = addSaturated(t.Failed, o.Failed)
	t.Invalid = addSaturated(t.Invalid, o.Invalid)
}

// number returns the value of a count; 0 if it is unknown or negative.
func number(c census.Count) int64 {
	if !c.Known {
		return 0
	}
	return max(c.N, 0)
}

// addSaturated returns the sum of two non-negative numbers, or the largest int64 if it overflows.
func addSaturated(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
