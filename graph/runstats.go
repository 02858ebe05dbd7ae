package graph

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"census-gateway/graph/stats"
	"census-gateway/upstream"
)

const (
	defaultErrors = 10
	maxErrors     = 200 // about as many as a digest keeps apart
)

// SyncRunStats are runs summed up. What takes work is done when it is asked.
type SyncRunStats struct {
	*stats.Digest
	Truncated bool
	filter    *stats.Filter
	now       time.Time // of the operation
}

// Errors lists the most frequent kinds of errors.
func (s *SyncRunStats) Errors(first *int) ([]stats.ErrorGroup, error) {
	n := defaultErrors
	if first != nil {
		n = *first
	}
	switch {
	case n < 0 || n > maxErrors:
		return nil, badInput("first must be from 0 to %d, got %d", maxErrors, n)
	case n == 0: // which is all to a digest
		return nil, nil
	}
	return s.Digest.Errors(n), nil
}

// Series is the runs over time: over the window of the filter, and to now where
// that has no end.
func (s *SyncRunStats) Series(bucket stats.Unit, timeZone *string) ([]stats.Bucket, error) {
	zone, err := zoneNamed(timeZone)
	if err != nil {
		return nil, badInput("%v", err)
	}
	before := s.filter.CreatedBefore
	if before == 0 {
		before = upstream.DateTime(s.now.UnixMilli() + 1)
	}
	series, err := s.Digest.Series(bucket, zone, s.filter.CreatedSince, before)
	if err != nil {
		return nil, badInput("bucket: %v", err)
	}
	return series, nil
}

// runStats sums up the runs of one sync.
func runStats(ctx context.Context, id upstream.SyncID, filter *stats.Filter) (*SyncRunStats, error) {
	if err := filter.Check(); err != nil {
		return nil, badInput("filter: %v", err)
	}
	s := newStats(ctx, filter, scalesAsked(ctx, graphql.GetFieldContext(ctx).Field))
	if err := s.refused(ctx); err != nil {
		return nil, err
	}
	if filter.MatchesNothing() {
		return s, nil
	}
	truncated, err := loadersOf(ctx).fold(ctx, &fold{sync: id, filter: filter, digest: s.Digest})
	if err != nil {
		return nil, err
	}
	s.Truncated = truncated
	return s, nil
}

// syncRunStats sums up the runs of many syncs together; of all of the workspace
// where ids is nil. It fails as a whole only if every sync does.
func syncRunStats(ctx context.Context, ids []string, filter *stats.Filter) (*SyncRunStats, error) {
	if err := filter.Check(); err != nil {
		return nil, badInput("filter: %v", err)
	}
	syncs, err := syncsNamed("syncIds", ids)
	if err != nil {
		return nil, err
	}
	scales := scalesAsked(ctx, graphql.GetFieldContext(ctx).Field)
	s := newStats(ctx, filter, scales)
	if err := s.refused(ctx); err != nil {
		return nil, err
	}
	if filter.MatchesNothing() {
		return s, nil
	}
	if ids == nil {
		rows, err := loadersOf(ctx).all()
		if err != nil {
			return nil, err
		}
		syncs = listed(rows)
	}
	var mu sync.Mutex // of s
	errs := make([]error, len(syncs))
	each(len(syncs), func(i int) {
		d := newDigest(ctx, scales)
		truncated, err := loadersOf(ctx).fold(ctx, &fold{sync: syncs[i].ID, filter: filter, digest: d})
		if errs[i] = err; err != nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		s.Truncated = s.Truncated || truncated
		s.Merge(d)
	})
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if n := len(errs); n > 0 && n == len(syncs) {
		s, err, errs = nil, errs[0], errs[1:]
	}
	for _, err := range errs {
		graphql.AddError(ctx, err)
	}
	return s, err
}

func newStats(ctx context.Context, filter *stats.Filter, scales []stats.Scale) *SyncRunStats {
	if len(scales) > 0 && filter.CreatedBefore == 0 { // the series goes to now
		RecordOf(ctx).Moves()
	}
	return &SyncRunStats{Digest: newDigest(ctx, scales), filter: filter, now: loadersOf(ctx).now}
}

func newDigest(ctx context.Context, scales []stats.Scale) *stats.Digest {
	d := stats.NewDigest(scales)
	d.Until = upstream.DateTime(loadersOf(ctx).now.Add(upstream.ClockLead).UnixMilli())
	return d
}

// scalesAsked are by what the statistic f is asked to tell its series.
func scalesAsked(ctx context.Context, f graphql.CollectedField) (scales []stats.Scale) {
	op := graphql.GetOperationContext(ctx)
	names := make(map[string]bool)
	for _, f := range graphql.CollectFields(op, f.Selections, syncRunStatsImplementors) {
		if f.Name != "series" {
			continue
		}
		args, err := noContext.field_SyncRunStats_series_args(ctx, f.ArgumentMap(op.Variables))
		if err != nil { // the field's own resolver says so
			continue
		}
		unit, name := args["bucket"].(stats.Unit), args["timeZone"].(*string)
		zone, err := zoneNamed(name)
		if key := fmt.Sprint(unit, zone); err == nil && !names[key] {
			names[key] = true
			scales = append(scales, stats.Scale{Unit: unit, Zone: zone})
		}
	}
	return scales
}

func zoneNamed(name *string) (*time.Location, error) {
	if name == nil {
		return time.UTC, nil
	}
	return stats.Zone(*name)
}
