package stats

import (
	"math"

	"census-gateway/upstream/census"
)

// RecordTotals are numbers of records. A null number counts as 0; a total that would exceed the
// largest int64 stays there.
type RecordTotals struct {
	Processed int64 // sent to the destination (API reference; before 2024, read from the source)
	Updated   int64 // accepted there
	Failed    int64 // rejected there
	Invalid   int64 // left out by Census for their quality
}

func (t *RecordTotals) add(r *census.SyncRun) {
	t.merge(RecordTotals{number(r.RecordsProcessed), number(r.RecordsUpdated), number(r.RecordsFailed), number(r.Invalids())})
}

func (t *RecordTotals) merge(o RecordTotals) {
	t.Processed = saturate(t.Processed, o.Processed)
	t.Updated = saturate(t.Updated, o.Updated)
	t.Failed = saturate(t.Failed, o.Failed)
	t.Invalid = saturate(t.Invalid, o.Invalid)
}

// number is a count without its oddities: no collection has fewer than no
// records.
func number(c census.Count) int64 {
	if !c.Known {
		return 0
	}
	return max(c.N, 0)
}

// saturate adds two numbers that are not negative.
func saturate(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
