package graph

import (
	"context"
	"slices"
	"time"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
)

// Numbers of groups and of kinds of errors in an answer.
const (
	defaultGroups = 20
	maxGroups     = 200
	defaultErrors = 10
	maxErrors     = 200 // about as many as a digest keeps separate
)

// SyncRunStats holds statistics over runs. Expensive ones are computed when they are selected.
type SyncRunStats struct {
	*stats.Digest
	Truncated bool
	filter    *stats.Filter
	scales    []stats.Scale // of its series
	split     *stats.Split  // of its groups; nil if it has none
	bySync    []syncSubsets // for its groups
	now       time.Time     // of the operation
}

// Errors returns the most frequent kinds of errors.
func (s *SyncRunStats) Errors(first *int) ([]stats.ErrorGroup, error) {
	n := defaultErrors
	if first != nil {
		n = *first
	}
	switch {
	case n < 0 || n > maxErrors:
		return nil, badInput("first must be from 0 to %d, got %d", maxErrors, n)
	case n == 0: // a Digest would return all
		return nil, nil
	}
	return s.Digest.Errors(n), nil
}

// Series returns the runs by bucket, over the creation times of the filter. Without an end, it
// ends now.
func (s *SyncRunStats) Series(bucket stats.Unit, timeZone *string) ([]stats.Bucket, error) {
	zone, err := parseTimeZone(timeZone)
	if err != nil {
		return nil, badInput("%v", err)
	}
	before := s.filter.CreatedBefore
	if before == 0 {
		before = census.DateTime(s.now.UnixMilli() + 1)
	}
	series, err := s.Digest.Series(bucket, zone, s.filter.CreatedSince, before)
	if err != nil {
		return nil, badInput("bucket: %v", err)
	}
	return series, nil
}

// newStats returns an empty statistic for the field being resolved. If an argument of a field
// below is invalid, it returns nil and an error for each such field, so that no run is read. It
// does not yet know the length of a series without createdSince.
func newStats(ctx context.Context, filter *stats.Filter) (*SyncRunStats, error) {
	if err := filter.Check(); err != nil {
		return nil, badInput("filter: %v", err)
	}
	s := &SyncRunStats{filter: filter, now: loadersOf(ctx).now}
	fields := exec.AskedIn(ctx).Below()
	for _, f := range fields {
		s.addScale(f)
		s.addSplit(f)
	}
	s.Digest = s.newDigest()
	var failed exec.Beside
	for _, f := range fields {
		if err := s.checkField(f); err != nil {
			failed = append(failed, f.Fail(err))
		}
	}
	if failed != nil {
		return nil, failed
	}
	if len(s.scales) > 0 && filter.CreatedBefore == 0 { // the series ends now
		notes.Of(ctx).DependsOnTime()
	}
	return s, nil
}

// newDigest returns an empty digest for the series of s.
func (s *SyncRunStats) newDigest() *stats.Digest {
	d := stats.NewDigest(s.scales)
	d.Until = census.DateTime(s.now.Add(census.ClockLead).UnixMilli())
	if s.split != nil {
		d.KeepSubsets(*s.split)
	}
	return d
}

// addScale adds the scale of the field f, if f is a series.
func (s *SyncRunStats) addScale(f *exec.Asked) {
	args, err := f.Arguments()
	if f.Name() != "series" || err != nil {
		return
	}
	zone, err := parseTimeZone(args["timeZone"].(*string))
	scale := stats.Scale{Unit: args["bucket"].(stats.Unit), Zone: zone}
	known := func(k stats.Scale) bool { return k.Unit == scale.Unit && k.Zone.String() == zone.String() }
	if err == nil && !slices.ContainsFunc(s.scales, known) {
		s.scales = append(s.scales, scale)
	}
}

// checkField resolves the field f of s, which is still empty, and returns an error for invalid
// arguments.
func (s *SyncRunStats) checkField(f *exec.Asked) error {
	args, err := f.Arguments()
	switch {
	case err != nil:
		return err
	case f.Name() == "errors":
		_, err = s.Errors(args["first"].(*int))
	case f.Name() == "groups":
		err = checkGroupLimit(args["first"].(int))
	case f.Name() == "series":
		_, err = s.Series(args["bucket"].(stats.Unit), args["timeZone"].(*string))
	}
	return err
}

func parseTimeZone(name *string) (*time.Location, error) {
	if name == nil {
		return time.UTC, nil
	}
	return stats.Zone(*name)
}

func checkGroupLimit(first int) error {
	if first < 1 || first > maxGroups {
		return badInput("first must be from 1 to %d, got %d", maxGroups, first)
	}
	return nil
}

// addSplit makes s keep runs apart as the field f needs it, if f is groups.
func (s *SyncRunStats) addSplit(f *exec.Asked) {
	args, err := f.Arguments()
	if f.Name() != "groups" || err != nil {
		return
	}
	if s.split == nil {
		s.split = new(stats.Split)
	}
	by := args["by"].(SyncRunGroupBy)
	s.split.ByTag = s.split.ByTag || by == SyncRunGroupByTrigger
	s.split.ByFull = s.split.ByFull || by == SyncRunGroupByFullSync
}

// keepSubsets stores the runs of a sync for the groups of s, if it has groups.
func (s *SyncRunStats) keepSubsets(sync *Sync, d *stats.Digest) {
	if runs := d.Subsets(); len(runs) > 0 {
		s.bySync = append(s.bySync, syncSubsets{sync, runs})
	}
}
