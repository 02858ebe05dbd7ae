package stats

import (
	"cmp"

	"census-gateway/upstream/census"
)

// compareRuns orders runs as Census lists them, by creation and then by id.
func compareRuns(a, b *census.SyncRun) int {
	return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// newer reports whether a is not nil, and b is nil or older than a.
func newer(a, b *census.SyncRun) bool {
	return a != nil && (b == nil || compareRuns(a, b) > 0)
}
