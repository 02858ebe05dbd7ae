package graph

import (
	"context"
	"time"

	"census-gateway/graph/exec"
	"census-gateway/graph/health"
	"census-gateway/internal/notes"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// judge returns the health of s, as of the time when Census sent its runs.
func judge(ctx context.Context, s *Sync) exec.Later[*health.Health] {
	return exec.Map(verdictOf(ctx, s), func(v verdict, _ error) (*health.Health, error) { return v.health, v.err })
}

// verdictOf returns the verdict on s. It reuses an earlier one.
func verdictOf(ctx context.Context, s *Sync) exec.Later[verdict] {
	if s.verdict != nil {
		return exec.Value(*s.verdict, nil)
	}
	return exec.Map(evidenceOf(ctx, s), func(e evidence, err error) (verdict, error) { return pass(s, e, err), nil })
}

// pass returns the verdict on s by its evidence, or by the error of reading it.
func pass(s *Sync, e evidence, err error) verdict {
	if err != nil {
		return verdict{err: err}
	}
	h := health.Of(s.record, e.runs, e.more, e.now)
	return verdict{health: &h, active: activeOf(e.rows) != nil}
}

// An evidence holds the data to judge a sync, besides its record.
type evidence struct {
	rows []census.SyncRun // the newest, oldest first
	runs []census.SyncRun // the same, newest first
	more bool             // there are older ones
	now  time.Time
}

// evidenceOf reads the evidence on s. An answer made from it depends on the time of day.
func evidenceOf(ctx context.Context, s *Sync) exec.Later[evidence] {
	notes.Of(ctx).Moves()
	l := loadersOf(ctx)
	got := s.ask(ctx)
	runs := l.slices.ask(stretch{sync: s.ID, window: judged})
	return exec.Then(func() exec.Later[evidence] {
		got()
		return exec.Value(l.evidence(s, runs))
	})
}

// evidence returns the evidence on s, or the error of reading it.
func (l *loaders) evidence(s *Sync, runs *loaded[stretch, paging.Slice[census.SyncRun]]) (evidence, error) {
	if s.record == nil {
		return evidence{}, s.err
	}
	slice, err := runs.Get()
	if err != nil {
		return evidence{}, err
	}
	e := evidence{rows: slice.Rows, runs: make([]census.SyncRun, len(slice.Rows)), more: slice.First > 0, now: l.now}
	for i, run := range slice.Rows {
		e.runs[len(e.runs)-1-i] = run
	}
	if slice.Stale { // newer runs are missing, which must not count as late
		e.now = e.now.Add(-l.began.Sub(slice.AsOf))
	}
	return e, nil
}

// judgeAll judges syncs and stores the verdict in each.
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

// knowLatest lets the loader know the newest run of a sync, from the runs read for its health.
// Queries often select both.
func (l *loaders) knowLatest(id census.SyncID) {
	slice, err := l.slices.ask(stretch{sync: id, window: judged}).Get()
	if err != nil {
		return
	}
	slice.Rows, slice.First = slice.Rows[max(len(slice.Rows)-1, 0):], max(slice.End()-1, 0)
	slice.More = slice.First > 0
	l.slices.known(stretch{sync: id, window: latest}, slice)
}
