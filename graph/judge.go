package graph

import (
	"context"

	"census-gateway/graph/exec"
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
func judge(ctx context.Context, s *Sync) exec.Later[*health.Health] {
	return exec.Map(verdictOf(ctx, s), func(v verdict, _ error) (*health.Health, error) { return v.health, v.err })
}

// verdictOf judges s, unless that has been done.
func verdictOf(ctx context.Context, s *Sync) exec.Later[verdict] {
	if s.verdict != nil {
		return exec.Value(*s.verdict, nil)
	}
	RecordOf(ctx).Moves()
	l := loadersOf(ctx)
	got := s.ask(ctx)
	runs := l.slices.ask(stretch{sync: s.ID, window: judged})
	return exec.Then(func() exec.Later[verdict] {
		got()
		h, err := l.healthOf(s, runs)
		return exec.Value(verdict{h, err}, nil)
	})
}

func (l *loaders) healthOf(s *Sync, runs *loaded[stretch, upstream.Slice[upstream.SyncRun]]) (*health.Health, error) {
	if s.record == nil {
		return nil, s.err
	}
	slice, err := runs.Get()
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
	h := health.Of(s.record, newestFirst, slice.First > 0, now)
	return &h, nil
}

// knowLatest takes the newest run of a sync, which is most asked for beside its health,
// from the runs by which that was told.
func (l *loaders) knowLatest(id upstream.SyncID) {
	slice, err := l.slices.ask(stretch{sync: id, window: judged}).Get()
	if err != nil {
		return
	}
	slice.Rows, slice.First = slice.Rows[max(len(slice.Rows)-1, 0):], max(slice.End()-1, 0)
	slice.More = slice.First > 0
	l.slices.known(stretch{sync: id, window: latest}, slice)
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
