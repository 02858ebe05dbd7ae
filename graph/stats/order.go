package stats

import (
	"cmp"

	"census-gateway/upstream/census"
)

// compare orders runs as Census lists them: by creation, then by id.
func compare(a, b *census.SyncRun) int {
	return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// newer tells whether a is there and b is older or is not.
func newer(a, b *census.SyncRun) bool {
	return a != nil && (b == nil || compare(a, b) > 0)
}
