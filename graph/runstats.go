package graph

import (
	"context"
	"slices"
	"time"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

const (
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
	parts     []statsPart   // for its groups
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
	zone, err := zoneNamed(timeZone)
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

// runStats returns statistics of the runs of one sync.
func runStats(ctx context.Context, id census.SyncID, filter *stats.Filter) exec.Later[*SyncRunStats] {
	s, err := newStats(ctx, filter)
	if err != nil || filter.MatchesNothing() {
		return exec.Value(s, err)
	}
	folded := loadersOf(ctx).fold(id, filter, s.Digest)
	return exec.Slow(func() (_ *SyncRunStats, err error) {
		if s.Truncated, err = folded(); err != nil {
			return nil, err
		}
		s.take(&Sync{ID: id}, s.Digest)
		return s, nil
	})
}

// syncRunStats returns statistics of the runs of many syncs together. If ids is nil, they cover
// all syncs, or all of the groups. It fails only if all syncs fail.
func syncRunStats(ctx context.Context, ids, groupIDs []string, filter *stats.Filter) exec.Later[*SyncRunStats] {
	var named []*Sync
	groups, err := groupKeys("groupIds", groupIDs)
	if err == nil && ids != nil {
		named, err = syncsNamed("syncIds", ids)
	}
	if err != nil {
		return exec.Value[*SyncRunStats](nil, err)
	}
	s, err := newStats(ctx, filter)
	if err != nil || filter.MatchesNothing() {
		return exec.Value(s, err)
	}
	l := loadersOf(ctx)
	return exec.Bind(l.chosenSyncs(ctx, named, groups), func(syncs []*Sync) exec.Later[*SyncRunStats] { return s.sum(l, syncs) })
}

// sum adds the runs of syncs to s.
func (s *SyncRunStats) sum(l *loaders, syncs []*Sync) exec.Later[*SyncRunStats] {
	digests, folded := make([]*stats.Digest, len(syncs)), make([]func() (bool, error), len(syncs))
	for i := range syncs {
		digests[i] = s.newDigest()
		folded[i] = l.fold(syncs[i].ID, s.filter, digests[i])
	}
	return exec.Slow(func() (*SyncRunStats, error) {
		var failed exec.Beside
		for i := range syncs {
			truncated, err := folded[i]()
			if err != nil {
				failed = append(failed, err)
				continue
			}
			s.Truncated = s.Truncated || truncated
			s.Merge(digests[i])
			s.take(syncs[i], digests[i])
		}
		switch len(failed) {
		case 0:
			return s, nil
		case len(syncs):
			return nil, failed
		}
		return s, failed
	})
}

// fold adds the runs of a sync that pass filter to digest. The returned function waits for the
// end. truncated reports whether the operation's budget ended first.
func (l *loaders) fold(id census.SyncID, filter *stats.Filter, digest *stats.Digest) func() (truncated bool, err error) {
	w := narrow(paging.Window{Limit: scanStep}, filter)
	return l.scan(id, w, func(runs paging.Slice[census.SyncRun]) (enough bool) {
		rows := runs.Rows
		if filter.InProgress() {
			for i := len(rows) - 1; i >= 0 && !enough; i-- {
				if enough = filter.Ends(&rows[i]); enough {
					rows = rows[i+1:]
				}
			}
		}
		for i := range rows {
			if run := &rows[i]; filter.Match(run) {
				digest.Add(run)
			}
		}
		return enough
	})
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
		if err := s.try(f); err != nil {
			failed = append(failed, f.Fail(err))
		}
	}
	if failed != nil {
		return nil, failed
	}
	if len(s.scales) > 0 && filter.CreatedBefore == 0 { // the series ends now
		notes.Of(ctx).Moves()
	}
	return s, nil
}

// newDigest returns an empty digest for the series of s.
func (s *SyncRunStats) newDigest() *stats.Digest {
	d := stats.NewDigest(s.scales)
	d.Until = census.DateTime(s.now.Add(census.ClockLead).UnixMilli())
	if s.split != nil {
		d.Keep(*s.split)
	}
	return d
}

// addScale adds the scale of the field f, if f is a series.
func (s *SyncRunStats) addScale(f *exec.Asked) {
	args, err := f.Arguments()
	if f.Name() != "series" || err != nil {
		return
	}
	zone, err := zoneNamed(args["timeZone"].(*string))
	scale := stats.Scale{Unit: args["bucket"].(stats.Unit), Zone: zone}
	known := func(k stats.Scale) bool { return k.Unit == scale.Unit && k.Zone.String() == zone.String() }
	if err == nil && !slices.ContainsFunc(s.scales, known) {
		s.scales = append(s.scales, scale)
	}
}

// try resolves the field f of s, which is still empty, and returns an error for invalid
// arguments.
func (s *SyncRunStats) try(f *exec.Asked) error {
	args, err := f.Arguments()
	switch {
	case err != nil:
		return err
	case f.Name() == "errors":
		_, err = s.Errors(args["first"].(*int))
	case f.Name() == "groups":
		err = checkGroups(args["first"].(int))
	case f.Name() == "series":
		_, err = s.Series(args["bucket"].(stats.Unit), args["timeZone"].(*string))
	}
	return err
}

func zoneNamed(name *string) (*time.Location, error) {
	if name == nil {
		return time.UTC, nil
	}
	return stats.Zone(*name)
}
