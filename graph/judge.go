package graph

import (
	"context"

	"census-gateway/graph/health"
	"census-gateway/upstream"
)

// judged is the window of the runs by which a sync's health is told.
var judged = upstream.Window{Limit: 25}

// A verdict is how a sync is, or why that cannot be told.
type verdict struct {
	health *health.Health
	err    error
}

// judge tells how s is, or how it was when Census last told of its runs.
func judge(ctx context.Context, s *Sync) (*health.Health, error) {
	if s.verdict != nil {
		return s.verdict.health, s.verdict.err
	}
	RecordOf(ctx).Moves()
	l := loadersOf(ctx)
	runs := l.slices.load(ctx, stretch{sync: s.ID, window: judged}) // while the record is read
	record, err := s.record, s.err
	if record == nil && err == nil {
		record, err = l.syncs.get(ctx, s.ID)
	}
	if err != nil {
		return nil, err
	}
	slice, err := runs()
	if err != nil {
		return nil, err
	}
	newestFirst := make([]upstream.SyncRun, len(slice.Rows))
	for i, run := range slice.Rows {
		newestFirst[len(newestFirst)-1-i] = run
	}
	now := l.now
	if slice.Stale { // runs that were made since are not there, which is not to read as late
		now = now.Add(-l.began.Sub(slice.AsOf))
	}
	h := health.Of(record, newestFirst, slice.First > 0, now)
	return &h, nil
}

// judgeAll tells how each of syncs is, for them to be ordered by it.
func judgeAll(ctx context.Context, syncs []*Sync) {
	keys := make([]stretch, len(syncs))
	for i, s := range syncs {
		keys[i] = stretch{sync: s.ID, window: judged}
	}
	l := loadersOf(ctx)
	l.slicesAhead(ctx, keys)
	for i, s := range syncs {
		h, err := judge(ctx, s)
		s.verdict = &verdict{h, err}
		if slice, err := l.slices.get(ctx, keys[i]); err == nil {
			slice.Rows, slice.First = slice.Rows[max(len(slice.Rows)-1, 0):], max(slice.End()-1, 0)
			slice.More = slice.First > 0
			l.slices.known(ctx, stretch{sync: s.ID, window: latest}, slice) // which is most asked for beside it
		}
	}
}

// state is what the verdict counts as in an order.
func (v *verdict) state() health.State {
	if v.health == nil {
		return health.Unknown
	}
	return v.health.State
}

// since is when that state began, 0 if that is not known.
func (v *verdict) since() upstream.DateTime {
	if v.health == nil {
		return 0
	}
	return v.health.Since
}
