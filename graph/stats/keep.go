package stats

import (
	"cmp"
	"strings"

	"census-gateway/upstream"
)

// compare orders runs as Census lists them: by creation, then by id.
func compare(a, b *upstream.SyncRun) int {
	return cmp.Or(cmp.Compare(a.CreatedAt, b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// newer tells whether a is there and b is older or is not.
func newer(a, b *upstream.SyncRun) bool {
	return a != nil && (b == nil || compare(a, b) > 0)
}

// keep copies a run with its strings, which may be parts of the page it was
// read from and would keep all of that alive.
func keep(r *upstream.SyncRun) *upstream.SyncRun {
	c := *r
	c.RawStatus = strings.Clone(c.RawStatus)
	for _, s := range []**string{&c.ErrorCode, &c.ErrorMessage, &c.ErrorDetail, &c.CurrentStep} {
		*s = clone(*s)
	}
	if t := c.SyncTriggerReason; t != nil {
		c.SyncTriggerReason = &upstream.SyncTriggerReason{UITag: clone(t.UITag), UIDetail: clone(t.UIDetail)}
	}
	return &c
}

func clone(s *string) *string {
	if s == nil {
		return nil
	}
	c := strings.Clone(*s)
	return &c
}
