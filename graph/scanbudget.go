package graph

import "sync/atomic"

// A scanBudget is the remaining reads of the operation for filters and statistics.
type scanBudget struct{ pages, runs atomic.Int64 }

// takeCall takes one call to Census from the budget. It returns false if none is left.
func (b *scanBudget) takeCall() bool { return b.pages.Add(-1) >= 0 }

// takeRuns takes n runs from the budget. It returns false if it is used up.
func (b *scanBudget) takeRuns(n int) bool { return b.runs.Add(-int64(n)) > 0 }

// oneFreeCall allows one call that is in the price of the operation, not in the budget, and then as
// many as next allows.
func oneFreeCall(next func() bool) func() bool {
	begun := false
	return func() bool {
		if !begun {
			begun = true
			return true
		}
		return next()
	}
}

// noCalls allows no calls.
func noCalls() bool { return false }
