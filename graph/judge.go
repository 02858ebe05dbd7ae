package graph

import (
	"context"

	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// judged is the window of the runs by which a sync's health is told.
var judged = paging.Window{Limit: 25}

// A verdict is how a sync is, or why that cannot be told.
type verdict struct {
	health *health.Health
	active bool // a run is in progress
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
	notes.Of(ctx).Moves()
	l := loadersOf(ctx)
	got := s.ask(ctx)
	runs := l.slices.ask(stretch{sync: s.ID, window: judged})
	return exec.Then(func() exec.Later[verdict] {
		got()
		return exec.Value(l.pass(s, runs), nil)
	})
}

// pass passes the verdict on s by its runs.
func (l *loaders) pass(s *Sync, runs *loaded[stretch, paging.Slice[census.SyncRun]]) verdict {
	if s.record == nil {
		return verdict{err: s.err}
	}
	slice, err := runs.Get()
	if err != nil {
		return verdict{err: err}
	}
	newestFirst := make([]census.SyncRun, len(slice.Rows))
	for i, run := range slice.Rows {
		newestFirst[len(newestFirst)-1-i] = run
	}
	now := l.now
	if slice.Stale { // runs that were made since are not there, which is not to read as late
		now = now.Add(-l.began.Sub(slice.AsOf))
	}
	h := health.Of(s.record, newestFirst, slice.First > 0, now)
	return verdict{health: &h, active: activeOf(slice.Rows) != nil}
}

// judgeAll judges syncs, and keeps the verdict on each with it.
func judgeAll(ctx context.Context, syncs []*Sync) exec.Later[[]verdict] {
	judged := exec.All(len(syncs), func(i int) exec.Later[verdict] { return verdictOf(ctx, syncs[i]) }, func(v verdict, _ error) verdict { return v })
	return exec.Map(judged, func(verdicts []verdict, _ error) ([]verdict, error) {
		for i := range verdicts {
			if syncs[i].verdict == nil {
				syncs[i].verdict = &verdicts[i]
				loadersOf(ctx).knowLatest(syncs[i].ID)
			}
		}
		return verdicts, nil
	})
}

// countHealth counts the syncs of a connection's whole list by state.
func countHealth(ctx context.Context, c *SyncConnection) exec.Later[[]*SyncHealthCount] {
	if c.all != nil {
		return countStates(ctx, c.all)
	}
	l := loadersOf(ctx)
	all := l.all.ask(struct{}{})
	return exec.Then(func() exec.Later[[]*SyncHealthCount] {
		rows, err := all.Get()
		if err != nil {
			return exec.Value[[]*SyncHealthCount](nil, err)
		}
		return countStates(ctx, l.listedSyncs(rows))
	})
}

func countStates(ctx context.Context, syncs []*Sync) exec.Later[[]*SyncHealthCount] {
	return exec.Map(judgeAll(ctx, syncs), func(verdicts []verdict, _ error) ([]*SyncHealthCount, error) {
		counts := make([]*SyncHealthCount, len(health.WorstFirst))
		for i, state := range health.WorstFirst {
			counts[i] = &SyncHealthCount{State: state}
		}
		for i := range verdicts {
			counts[len(counts)-1-verdicts[i].state().Severity()].Count++
		}
		return counts, nil
	})
}

// knowLatest takes the newest run of a sync, which is most asked for beside its health,
// from the runs by which that was told.
func (l *loaders) knowLatest(id census.SyncID) {
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
func (v *verdict) since() census.DateTime {
	if v.health == nil {
		return 0
	}
	return v.health.Since
}
