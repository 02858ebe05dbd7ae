package graph

import (
	"context"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/limits"
	"census-gateway/upstream"
)

// How far one operation reads into histories where Census cannot choose for it.
const (
	scanPages = 2000      // Census calls: a month of 200 hourly syncs takes some 1,700
	scanRuns  = 1_000_000 // runs looked at, for each filter and statistic, those in memory too
	scanStep  = 100       // runs read at first: what one call gives
)

// scanStart is the runs that a scan of w begins with, where that begins at an end
// of the list: the newest ones are the same for all scans.
func scanStart(id upstream.SyncID, w upstream.Window) stretch {
	if !w.FromOldest {
		w = upstream.Window{Limit: w.Limit}
	}
	return stretch{sync: id, window: w, once: true}
}

// A scanBudget is how far the operation may still read for filters and
// statistics.
type scanBudget struct{ pages, runs atomic.Int64 }

// page takes a Census call; false if there are none left.
func (b *scanBudget) page() bool { return b.pages.Add(-1) >= 0 }

// once allows a call that is in the price of the operation and not in the budget, and
// then as many as next does.
func once(next func() bool) func() bool {
	begun := false
	return func() bool {
		if !begun {
			begun = true
			return true
		}
		return next()
	}
}

// none allows no call.
func none() bool { return false }

// look takes n runs to be looked at; false if these were the last.
func (b *scanBudget) look(n int) bool { return b.runs.Add(-int64(n)) > 0 }

// scan shows the runs of a sync in w to visit, some at a time from the side w
// counts from, until that has enough or w is at its end. limited tells that the
// calls that may allows ended it before, or the runs that an operation looks at. The
// runs are looked at so many times each.
//
// At an end of the list as many runs as w wants are read together with what else
// the operation asks of the sync, if it is known ahead. That page is in the price
// of the operation, and may is not asked for it: wherever a scan ends that begins there,
// there is a place to go on from.
func (l *loaders) scan(ctx context.Context, id upstream.SyncID, w upstream.Window, may func() bool, times int, visit func(upstream.Slice[upstream.SyncRun]) (enough bool)) (limited bool, err error) {
	spent := false
	look := func(s upstream.Slice[upstream.SyncRun]) bool {
		enough := visit(s) || !s.More || len(s.Rows) == 0
		spent = !l.budget.look(times*len(s.Rows)) && !enough
		return enough || spent
	}
	if w.Near().IsEnd() {
		start := scanStart(id, w)
		l.slicesAhead(ctx, []stretch{start})
		s, err := l.slices.get(ctx, start)
		l.slices.cache.Delete(ctx, start)
		if s = w.Cut(s); err != nil || look(s) {
			return spent, err
		}
		w, may = w.After(s.Rows, s.First), l.budget.page
	}
	defer l.reading.enter(ctx)()
	limited, err = l.census.ScanRuns(ctx, id, w, may, look)
	return limited || spent, err
}

// spent is the error of a list that the read limit leaves where it began: a page with
// nothing on it but the cursor that was given would be asked for again and again.
func (l *loaders) spent(format string, args ...any) error {
	err := gqlerror.Errorf("query too expensive: "+format, args...)
	err.Extensions = map[string]any{"code": limits.CodeTooExpensive, "limit": string(limits.Calls), "allowed": l.calls, "actual": l.calls + 1}
	return err
}

// positionOf is the place of the i-th row of s.
func positionOf(s upstream.Slice[upstream.SyncRun], i int) upstream.Position {
	return upstream.Position{CreatedAt: s.Rows[i].CreatedAt, ID: int64(s.Rows[i].ID), Ordinal: s.First + i}
}
