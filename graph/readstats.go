package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// runStats returns statistics of the runs of one sync.
func runStats(ctx context.Context, id census.SyncID, filter *stats.Filter) exec.Later[*SyncRunStats] {
	s, err := newStats(ctx, filter)
	if err != nil || filter.MatchesNothing() {
		return exec.Value(s, err)
	}
	wait := loadersOf(ctx).digestRuns(id, filter, s.Digest)
	return exec.Slow(func() (_ *SyncRunStats, err error) {
		if s.Truncated, err = wait(); err != nil {
			return nil, err
		}
		s.keepSubsets(&Sync{ID: id}, s.Digest)
		return s, nil
	})
}

// syncRunStats returns statistics of the runs of many syncs together. If ids is nil, they cover
// all syncs, or all of the groups. It fails only if all syncs fail.
func syncRunStats(ctx context.Context, ids, groupIDs []string, filter *stats.Filter) exec.Later[*SyncRunStats] {
	var named []*Sync
	groups, err := parseGroupIDs("groupIds", groupIDs)
	if err == nil && ids != nil {
		named, err = syncsWithIDs("syncIds", ids)
	}
	if err != nil {
		return exec.Value[*SyncRunStats](nil, err)
	}
	s, err := newStats(ctx, filter)
	if err != nil || filter.MatchesNothing() {
		return exec.Value(s, err)
	}
	l := loadersOf(ctx)
	return exec.Bind(l.selectSyncs(ctx, named, groups), func(syncs []*Sync) exec.Later[*SyncRunStats] { return s.sum(l, syncs) })
}

// sum adds the runs of syncs to s.
func (s *SyncRunStats) sum(l *loaders, syncs []*Sync) exec.Later[*SyncRunStats] {
	digests, wait := make([]*stats.Digest, len(syncs)), make([]func() (bool, error), len(syncs))
	for i := range syncs {
		digests[i] = s.newDigest()
		wait[i] = l.digestRuns(syncs[i].ID, s.filter, digests[i])
	}
	return exec.Slow(func() (*SyncRunStats, error) {
		var failed exec.Beside
		for i := range syncs {
			truncated, err := wait[i]()
			if err != nil {
				failed = append(failed, err)
				continue
			}
			s.Truncated = s.Truncated || truncated
			s.Merge(digests[i])
			s.keepSubsets(syncs[i], digests[i])
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

// digestRuns adds the runs of a sync that pass filter to digest. The returned function waits for
// the end. truncated reports whether the operation's budget ended first.
func (l *loaders) digestRuns(id census.SyncID, filter *stats.Filter, digest *stats.Digest) func() (truncated bool, err error) {
	w := narrow(paging.Window{Limit: firstScanRuns}, filter)
	return l.scan(id, w, func(runs paging.Slice[census.SyncRun]) (enough bool) {
		rows := runs.Rows
		if filter.InProgress() {
			for i := len(rows) - 1; i >= 0 && !enough; i-- {
				if enough = filter.StopsAt(&rows[i]); enough {
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
