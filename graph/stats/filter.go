package stats

import (
	"fmt"
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// maxNames is the maximum number of error codes, tags or keys in a filter.
const maxNames = 100

// A Filter selects runs. A run must pass every part. A part that is nil or 0 passes all runs. An
// empty list that is not nil passes no run.
type Filter struct {
	Outcomes      []census.SyncRunOutcome
	Statuses      []census.SyncRunStatus
	CreatedSince  census.DateTime // inclusive
	CreatedBefore census.DateTime // exclusive
	FullSync      *bool
	DryRun        *bool
	ErrorCodes    []string // compared exactly; a run without a code does not pass

	TriggerTags        []string // like ErrorCodes
	MinDurationSeconds *float64 // a run without a duration does not pass
	RecordsRejected    *bool
	ErrorGroups        []string        // keys of ErrorGroup
	CompletedSince     census.DateTime // inclusive; rejects runs created over longestRun earlier
	CompletedBefore    census.DateTime // exclusive
}

// longestRun is how long before CompletedSince a passing run can be created. Census lists runs by
// creation, so a search needs such a bound.
const longestRun = 24 * time.Hour

// Since returns the earliest creation that can pass; 0 if any can.
func (f *Filter) Since() census.DateTime {
	if f.CompletedSince == 0 {
		return f.CreatedSince
	}
	return max(f.CreatedSince, f.CompletedSince-census.DateTime(longestRun.Milliseconds()))
}

// Before returns the moment before which every passing run was created; 0 if there is no such
// moment. A run is not completed before its creation, unless a clock was set back.
func (f *Filter) Before() census.DateTime {
	if f.CompletedBefore == 0 || f.CreatedBefore != 0 && f.CreatedBefore < f.CompletedBefore {
		return f.CreatedBefore
	}
	return f.CompletedBefore
}

// Match reports whether the run passes.
func (f *Filter) Match(r *census.SyncRun) bool {
	switch {
	case r.CreatedAt < f.Since():
	case f.Before() != 0 && r.CreatedAt >= f.Before():
	case f.CompletedSince != 0 && r.CompletedAt < f.CompletedSince:
	case f.CompletedBefore != 0 && (r.CompletedAt == 0 || r.CompletedAt >= f.CompletedBefore):
	case f.FullSync != nil && *f.FullSync != r.FullSync:
	case f.DryRun != nil && *f.DryRun != r.DryRun():
	case f.Statuses != nil && !slices.Contains(f.Statuses, r.Status):
	case f.Outcomes != nil && !slices.Contains(f.Outcomes, r.Outcome()):
	case f.ErrorCodes != nil && (r.ErrorCode == nil || !slices.Contains(f.ErrorCodes, *r.ErrorCode)):
	case f.TriggerTags != nil && !f.hasTag(r):
	case f.MinDurationSeconds != nil && !f.isLong(r):
	case f.RecordsRejected != nil && *f.RecordsRejected != (r.RecordsFailed.N > 0):
	case f.ErrorGroups != nil && !f.hasError(r):
	default:
		return true
	}
	return false
}

func (f *Filter) hasTag(r *census.SyncRun) bool {
	t := r.SyncTriggerReason
	return t != nil && t.UITag != nil && slices.Contains(f.TriggerTags, *t.UITag)
}

func (f *Filter) isLong(r *census.SyncRun) bool {
	s := r.DurationSeconds()
	return s != nil && *s >= *f.MinDurationSeconds
}

func (f *Filter) hasError(r *census.SyncRun) bool {
	var b [2 * keptPattern]byte
	key := appendErrorKey(b[:0], r, r.Outcome())
	return len(key) > 0 && slices.Contains(f.ErrorGroups, publicKey(key))
}

// MatchesNothing reports whether no run can pass, so that none needs to be read.
func (f *Filter) MatchesNothing() bool {
	empty := f.Outcomes != nil && len(f.Outcomes) == 0 ||
		f.Statuses != nil && len(f.Statuses) == 0 ||
		f.ErrorCodes != nil && len(f.ErrorCodes) == 0 ||
		f.TriggerTags != nil && len(f.TriggerTags) == 0 ||
		f.ErrorGroups != nil && len(f.ErrorGroups) == 0
	return empty || f.Before() != 0 && f.Since() >= f.Before()
}

// MatchesEverything reports whether every run passes.
func (f *Filter) MatchesEverything() bool {
	return f.Outcomes == nil && f.Statuses == nil && f.ErrorCodes == nil &&
		f.CreatedSince == 0 && f.CreatedBefore == 0 && f.FullSync == nil && f.DryRun == nil &&
		f.TriggerTags == nil && f.MinDurationSeconds == nil && f.RecordsRejected == nil && f.ErrorGroups == nil &&
		f.CompletedSince == 0 && f.CompletedBefore == 0
}

// InProgress reports whether only runs in progress can pass.
func (f *Filter) InProgress() bool {
	other := func(o census.SyncRunOutcome) bool { return o != census.OutcomeInProgress }
	return len(f.Outcomes) > 0 && !slices.ContainsFunc(f.Outcomes, other)
}

// StopsAt reports whether a search with f can stop at r, because no run before r is in progress. It
// is meaningful only if f is InProgress. While a run is in progress, Census skips the later runs
// of its sync. So no run in progress precedes a run that was executed to its end. Dry runs prove
// nothing: no document says whether they wait for others.
func (f *Filter) StopsAt(r *census.SyncRun) bool {
	executed := r.Status == census.StatusCompleted || r.Status == census.StatusFailed
	return executed && !r.DryRun() && f.InProgress()
}

// Check rejects filters that can only be mistakes, with a message for the filter's author. Empty
// lists are valid, since programs produce them.
func (f *Filter) Check() error {
	if f.CreatedBefore != 0 && f.CreatedSince >= f.CreatedBefore {
		return fmt.Errorf("createdSince must be before createdBefore, got %s and %s", f.CreatedSince, f.CreatedBefore)
	}
	if f.CompletedBefore != 0 && f.CompletedSince >= f.CompletedBefore {
		return fmt.Errorf("completedSince must be before completedBefore, got %s and %s", f.CompletedSince, f.CompletedBefore)
	}
	if s := f.MinDurationSeconds; s != nil && *s < 0 {
		return fmt.Errorf("minDurationSeconds must be 0 or more, got %v", *s)
	}
	if err := checkNames("errorCodes", "code", f.ErrorCodes); err != nil {
		return err
	}
	if err := checkNames("triggerTags", "tag", f.TriggerTags); err != nil {
		return err
	}
	if err := checkNames("errorGroups", "key", f.ErrorGroups); err != nil {
		return err
	}
	if i := slices.IndexFunc(f.ErrorGroups, func(key string) bool { return !isErrorKey(key) }); i >= 0 {
		return fmt.Errorf("errorGroups must be keys of SyncRunErrorGroup other than %q, got %.40q", RestKey, f.ErrorGroups[i])
	}
	return nil
}

// checkNames rejects a list that is too long or contains an empty name.
func checkNames(list, name string, names []string) error {
	if n := len(names); n > maxNames {
		return fmt.Errorf("%s must name at most %d %ss, got %d", list, maxNames, name, n)
	}
	if i := slices.Index(names, ""); i >= 0 {
		return fmt.Errorf("%s must not contain an empty %s, got one at position %d", list, name, i+1)
	}
	return nil
}
