package stats

import (
	"fmt"
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// maxNames is how many error codes, tags or keys a filter may name.
const maxNames = 100

// A Filter chooses runs; a run must pass every part of it. A part that is nil
// or 0 passes all runs. An empty list that is not nil passes no run.
type Filter struct {
	Outcomes      []census.SyncRunOutcome
	Statuses      []census.SyncRunStatus
	CreatedSince  census.DateTime // inclusive
	CreatedBefore census.DateTime // exclusive
	FullSync      *bool
	DryRun        *bool
	ErrorCodes    []string // compared as they are; a run without a code is in no list

	TriggerTags        []string // as ErrorCodes
	MinDurationSeconds *float64 // a run without a duration is not so long
	RecordsRejected    *bool
	ErrorGroups        []string        // keys of ErrorGroup
	CompletedSince     census.DateTime // inclusive; passes no run that was created more than longestRun before
	CompletedBefore    census.DateTime // exclusive
}

// longestRun is how long before CompletedSince runs are looked for: Census lists them by
// creation.
const longestRun = 24 * time.Hour

// Since is the earliest creation that can pass; 0: any.
func (f *Filter) Since() census.DateTime {
	if f.CompletedSince == 0 {
		return f.CreatedSince
	}
	return max(f.CreatedSince, f.CompletedSince-census.DateTime(longestRun.Milliseconds()))
}

// Before is the moment before which runs that can pass were created; 0: any. None is
// completed before it was created, but for clocks that were set.
func (f *Filter) Before() census.DateTime {
	if f.CompletedBefore == 0 || f.CreatedBefore != 0 && f.CreatedBefore < f.CompletedBefore {
		return f.CreatedBefore
	}
	return f.CompletedBefore
}

// Match tells whether the run passes.
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

// MatchesNothing reports that no run can pass, so no run has to be read.
func (f *Filter) MatchesNothing() bool {
	empty := f.Outcomes != nil && len(f.Outcomes) == 0 ||
		f.Statuses != nil && len(f.Statuses) == 0 ||
		f.ErrorCodes != nil && len(f.ErrorCodes) == 0 ||
		f.TriggerTags != nil && len(f.TriggerTags) == 0 ||
		f.ErrorGroups != nil && len(f.ErrorGroups) == 0
	return empty || f.Before() != 0 && f.Since() >= f.Before()
}

// MatchesEverything tells that every run passes.
func (f *Filter) MatchesEverything() bool {
	return f.Outcomes == nil && f.Statuses == nil && f.ErrorCodes == nil &&
		f.CreatedSince == 0 && f.CreatedBefore == 0 && f.FullSync == nil && f.DryRun == nil &&
		f.TriggerTags == nil && f.MinDurationSeconds == nil && f.RecordsRejected == nil && f.ErrorGroups == nil &&
		f.CompletedSince == 0 && f.CompletedBefore == 0
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

// Check rejects filters that can only be mistakes, with a message for the author of the
// filter. Empty lists are valid: programs make them.
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

// checkNames refuses a list that is too long, or has an empty name in it.
func checkNames(list, name string, names []string) error {
	if n := len(names); n > maxNames {
		return fmt.Errorf("%s must name at most %d %ss, got %d", list, maxNames, name, n)
	}
	if i := slices.Index(names, ""); i >= 0 {
		return fmt.Errorf("%s must not contain an empty %s, got one at position %d", list, name, i+1)
	}
	return nil
}
