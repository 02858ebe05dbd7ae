package stats

import (
	"fmt"
	"slices"

	"census-gateway/upstream/census"
)

// maxErrorCodes is how many error codes a filter may name.
const maxErrorCodes = 100

// A Filter chooses runs; a run must pass every part of it. A part that is nil
// or 0 passes all runs. A list that is there and empty passes none, as "one of
// these" says when there are none of these.
type Filter struct {
	Outcomes      []census.SyncRunOutcome
	Statuses      []census.SyncRunStatus
	CreatedSince  census.DateTime // inclusive
	CreatedBefore census.DateTime // exclusive
	FullSync      *bool
	DryRun        *bool
	ErrorCodes    []string // compared as they are; a run without a code is in no list
}

// Match tells whether the run passes.
func (f *Filter) Match(r *census.SyncRun) bool {
	switch {
	case r.CreatedAt < f.CreatedSince:
	case f.CreatedBefore != 0 && r.CreatedAt >= f.CreatedBefore:
	case f.FullSync != nil && *f.FullSync != r.FullSync:
	case f.DryRun != nil && *f.DryRun != r.DryRun():
	case f.Statuses != nil && !slices.Contains(f.Statuses, r.Status):
	case f.Outcomes != nil && !slices.Contains(f.Outcomes, r.Outcome()):
	case f.ErrorCodes != nil && (r.ErrorCode == nil || !slices.Contains(f.ErrorCodes, *r.ErrorCode)):
	default:
		return true
	}
	return false
}

// MatchesNothing tells that no run whatsoever can pass, so that none need be
// read.
func (f *Filter) MatchesNothing() bool {
	empty := f.Outcomes != nil && len(f.Outcomes) == 0 ||
		f.Statuses != nil && len(f.Statuses) == 0 ||
		f.ErrorCodes != nil && len(f.ErrorCodes) == 0
	return empty || f.CreatedBefore != 0 && f.CreatedSince >= f.CreatedBefore
}

// MatchesEverything tells that every run passes.
func (f *Filter) MatchesEverything() bool {
	return f.Outcomes == nil && f.Statuses == nil && f.ErrorCodes == nil &&
		f.CreatedSince == 0 && f.CreatedBefore == 0 && f.FullSync == nil && f.DryRun == nil
}

// InProgress tells that only runs in progress pass, if any do.
func (f *Filter) InProgress() bool {
	other := func(o census.SyncRunOutcome) bool { return o != census.OutcomeInProgress }
	return len(f.Outcomes) > 0 && !slices.ContainsFunc(f.Outcomes, other)
}

// Ends tells whether, where InProgress, no run before r is looked at: while a run is in
// progress Census skips the later ones of its sync, so that one which was executed to
// its end has none in progress before it. Dry runs prove nothing: no document says
// whether they wait for others.
func (f *Filter) Ends(r *census.SyncRun) bool {
	executed := r.Status == census.StatusCompleted || r.Status == census.StatusFailed
	return executed && !r.DryRun() && f.InProgress()
}

// Check refuses what can only be a mistake, in words for whoever wrote the
// filter. Empty lists are none: programs make them.
func (f *Filter) Check() error {
	if f.CreatedBefore != 0 && f.CreatedSince >= f.CreatedBefore {
		return fmt.Errorf("createdSince must be before createdBefore, got %s and %s", f.CreatedSince, f.CreatedBefore)
	}
	if n := len(f.ErrorCodes); n > maxErrorCodes {
		return fmt.Errorf("errorCodes must name at most %d codes, got %d", maxErrorCodes, n)
	}
	if i := slices.Index(f.ErrorCodes, ""); i >= 0 {
		return fmt.Errorf("errorCodes must not contain an empty code, found one at place %d", i+1)
	}
	return nil
}
