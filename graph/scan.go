package graph

import (
	"sync"
	"sync/atomic"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"census-gateway/graph/limits"
	"census-gateway/internal/errcodes"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// How far one operation reads into histories where Census cannot choose for it.
const (
	scanPages = 2000      // Census calls: a month of 200 hourly syncs takes some 1,700
	scanRuns  = 1_000_000 // runs looked at, for each filter and statistic, those in memory too
	scanStep  = 100       // runs read at first: what one call gives
)

// A scanBudget is how far the operation may still read for filters and
// statistics.
type scanBudget struct{ pages, runs atomic.Int64 }

// page takes a Census call; false if no call is left.
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

// scans are the scans of one operation. Those for the same runs that are asked for
// before the next reading share it, whatever they look for.
type scans struct {
	budget scanBudget
	mu     sync.Mutex
	asked  []*scan // and not begun yet
}

// A scan shows the runs of one sync in a window, some at a time from the side that
// the window counts from, to visitors, until they have enough or there are no more.
type scan struct {
	of       stretch // the window without a limit
	step     int     // runs read at first
	first    *loaded[stretch, paging.Slice[census.SyncRun]]
	newest   *loaded[stretch, paging.Slice[census.SyncRun]] // that another scan of the sync begins with; nil: none does
	visitors []*visitor
	done     chan struct{} // closed when all visitors are through
}

// A visitor looks at the runs that a scan comes to.
type visitor struct {
	look    func(paging.Slice[census.SyncRun]) (enough bool)
	through bool  // it has enough, or all there is
	limited bool  // the operation's budget ended the scan before
	err     error // the scan failed before
}

// scan asks for the runs of a sync in w to be shown to look, w.Limit at first. The returned
// function waits for the end; limited reports that the operation's budget ended first.
//
// At an end of the list the first runs are read together with what else is asked of
// the sync. That page is in the price of the operation and not in the budget:
// wherever that ends a scan, there is a place to go on from.
func (l *loaders) scan(id census.SyncID, w paging.Window, look func(paging.Slice[census.SyncRun]) (enough bool)) (wait func() (limited bool, err error)) {
	l.scans.mu.Lock()
	defer l.scans.mu.Unlock()
	of := stretch{sync: id, window: w}
	of.window.Limit = 0
	v := &visitor{look: look}
	var s *scan
	for _, asked := range l.scans.asked {
		if asked.of == of {
			s = asked
		}
	}
	if s == nil {
		s = &scan{of: of, done: make(chan struct{})}
		l.scans.asked = append(l.scans.asked, s)
	}
	if w.Limit > s.step {
		s.step = w.Limit
		s.first = l.askFirst(id, w)
	}
	s.visitors = append(s.visitors, v)
	return func() (bool, error) {
		<-s.done
		return v.limited, v.err
	}
}

// askFirst asks for the runs with which a scan of w begins, if that is at an end of the
// list: the newest ones are the same for all scans. Else it is nil.
func (l *loaders) askFirst(id census.SyncID, w paging.Window) *loaded[stretch, paging.Slice[census.SyncRun]] {
	if !w.Near().IsEnd() {
		return nil
	}
	if !w.FromOldest {
		w = paging.Window{Limit: w.Limit}
	}
	return l.slices.ask(stretch{sync: id, window: w, once: true})
}

// beginScans begins the scans that have been asked for.
func (l *loaders) beginScans() {
	l.scans.mu.Lock()
	asked := l.scans.asked
	l.scans.asked = nil
	l.scans.mu.Unlock()
	followNewest(asked)
	for _, s := range asked {
		go func() {
			defer close(s.done)
			var err error
			if s.newest != nil {
				_, _ = s.newest.Get() // what is wrong with it this scan finds out for itself
			}
			if bug := contain(func() { err = s.run(l) }); bug != nil {
				err = bug
			}
			for _, v := range s.visitors {
				if !v.through {
					v.err = err
				}
			}
		}()
	}
}

// followNewest has scans that begin further back wait for those of the same syncs that begin
// with the newest runs: where there is a page cache, most of yesterday is on the page that
// today is on.
func followNewest(asked []*scan) {
	newest := make(map[census.SyncID]*loaded[stretch, paging.Slice[census.SyncRun]], len(asked))
	for _, s := range asked {
		if s.first != nil && !s.of.window.FromOldest {
			newest[s.of.sync] = s.first
		}
	}
	for _, s := range asked {
		if s.first == nil && !s.of.window.FromOldest {
			s.newest = newest[s.of.sync]
		}
	}
}

// run shows the runs to the visitors.
func (s *scan) run(l *loaders) error {
	w := s.of.window
	w.Limit = s.step
	limited, err := l.walk(s.first, s.of.sync, w, once(l.scans.budget.page), func(runs paging.Slice[census.SyncRun]) bool { return s.show(l, runs) })
	for _, v := range s.visitors {
		if limited && !v.through {
			v.through, v.limited = true, true
		}
	}
	return err
}

// walk shows the runs of a sync in w to look, some at a time from the side w counts from,
// until that has enough or w is at its end. first is what askFirst gave for w. limited
// tells that the calls that may allows ended it before; the page of first is not among
// them.
func (l *loaders) walk(first *loaded[stretch, paging.Slice[census.SyncRun]], id census.SyncID, w paging.Window, may func() bool, look func(paging.Slice[census.SyncRun]) (enough bool)) (limited bool, err error) {
	var rest paging.Slice[census.SyncRun]
	if first != nil {
		runs, err := first.Get()
		l.slices.forget(first.key)
		runs = runs.Cut(w).Hold(w)
		rest = runs.Rest(w)
		if err != nil || look(runs) || !runs.More || len(runs.Rows) == 0 {
			return false, err
		}
		w, may = runs.After(w), l.scans.budget.page
	}
	defer l.reading.enter(l.ctx)()
	limited, err = l.census.ScanRuns(l.ctx, id, w, may, func(runs paging.Slice[census.SyncRun]) bool {
		rest.Rows = nil
		return look(runs)
	})
	if limited && len(rest.Rows) > 0 { // nothing came to tell its place
		look(rest)
	}
	return limited, err
}

// show shows runs to those visitors that have not enough, and takes each of their
// looks from the budget. It tells whether all are through.
func (s *scan) show(l *loaders, runs paging.Slice[census.SyncRun]) (enough bool) {
	enough = true
	for _, v := range s.visitors {
		if v.through {
			continue
		}
		v.through = v.look(runs) || !runs.More || len(runs.Rows) == 0
		if spent := !l.scans.budget.look(len(runs.Rows)); spent && !v.through {
			v.through, v.limited = true, true
		}
		enough = enough && v.through
	}
	return enough
}

// spent is the error of a list that the read limit leaves where it began: a page with
// nothing on it but the cursor that was given would be asked for again and again.
func (l *loaders) spent(format string, args ...any) error {
	err := gqlerror.Errorf("query too expensive: "+format, args...)
	err.Extensions = map[string]any{"code": errcodes.QueryTooExpensive, "limit": string(limits.Calls), "allowed": l.calls, "actual": l.calls + 1}
	return err
}

// positionOf is the place of the i-th row of s, which answers w.
func positionOf(w *paging.Window, s *paging.Slice[census.SyncRun], i int) paging.Position {
	p := paging.Position{CreatedAt: paging.Moment(s.Rows[i].CreatedAt), ID: int64(s.Rows[i].ID)}
	p.Ordinal, p.Open = s.Place(w, i)
	return p
}
