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

// Limits on how far one operation reads histories that Census cannot filter.
const (
	scanRuns = 1_000_000 // runs examined for each filter and statistic, including those in memory
	scanStep = 100       // runs of the first read, which one call returns
)

// A scanBudget is the remaining reads of the operation for filters and statistics.
type scanBudget struct{ pages, runs atomic.Int64 }

// takeCall takes one call to Census from the budget. It returns false if none is left.
func (b *scanBudget) takeCall() bool { return b.pages.Add(-1) >= 0 }

// oneFreeCall allows one call that is in the price of the operation, not in the budget, and then as
// many as next allows.
func oneFreeCall(next func() bool) func() bool {
	begun := false
	return func() bool {
		if !begun {
			begun = true
			return true
		}
		return next()
	}
}

// noCalls allows no calls.
func noCalls() bool { return false }

// takeRuns takes n runs from the budget. It returns false if it is used up.
func (b *scanBudget) takeRuns(n int) bool { return b.runs.Add(-int64(n)) > 0 }

// scans holds the scans of one operation. Requests for the same runs before the next read share a
// scan.
type scans struct {
	budget scanBudget
	mu     sync.Mutex
	asked  []*scan // requested and not yet started
}

// A scan shows the runs of one sync in a window to visitors. It shows some at a time, from the
// side that the window counts from, until all visitors have enough or no runs are left.
type scan struct {
	of    stretch // the window without a limit
	step  int     // runs of the first read
	first *loaded[stretch, paging.Slice[census.SyncRun]]
	// newest is the first read of another scan of the sync, with the newest runs; nil if there is
	// none.
	newest   *loaded[stretch, paging.Slice[census.SyncRun]]
	visitors []*visitor
	done     chan struct{} // closed when the scan has ended
}

// A visitor examines the runs of a scan.
type visitor struct {
	look    func(paging.Slice[census.SyncRun]) (enough bool)
	done    bool  // it has enough, or has seen all
	limited bool  // the operation's budget ended the scan early
	err     error // the scan failed early
}

// scan requests that the runs of a sync in w are shown to look, w.Limit of them at first. The
// returned function waits for the end. limited reports whether the operation's budget ended
// first.
//
// At an end of the list, the first runs are read together with other requests for the sync. The
// price of the operation includes that page, so the budget does not. So a scan that the budget
// ends always has a place to continue from.
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

// askFirst requests the first runs of a scan of w, if it begins at an end of the list; otherwise
// it returns nil. All scans share the newest runs.
func (l *loaders) askFirst(id census.SyncID, w paging.Window) *loaded[stretch, paging.Slice[census.SyncRun]] {
	if !w.Near().IsEnd() {
		return nil
	}
	if !w.FromOldest {
		w = paging.Window{Limit: w.Limit}
	}
	return l.slices.ask(stretch{sync: id, window: w, once: true})
}

// beginScans starts the requested scans.
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
				_, _ = s.newest.Get() // this scan finds its errors itself
			}
			if bug := contain(func() { err = s.run(l) }); bug != nil {
				err = bug
			}
			for _, v := range s.visitors {
				if !v.done {
					v.err = err
				}
			}
		}()
	}
}

// followNewest lets scans that begin further back wait for scans of the same syncs that begin
// with the newest runs. With a page cache, yesterday's runs are often on the same page as
// today's.
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
	limited, err := l.walk(s.first, s.of.sync, w, oneFreeCall(l.scans.budget.takeCall), func(runs paging.Slice[census.SyncRun]) bool { return s.show(l, runs) })
	for _, v := range s.visitors {
		if limited && !v.done {
			v.done, v.limited = true, true
		}
	}
	return err
}

// walk shows the runs of a sync in w to look, some at a time from the side that w counts from,
// until look returns true or w ends. first is the result of askFirst for w. limited reports
// whether may ended the walk early by allowing no more calls. The page of first does not count as
// a call.
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
		w, may = runs.After(w), l.scans.budget.takeCall
	}
	defer l.reading.enter(l.ctx)()
	limited, err = l.census.ScanRuns(l.ctx, id, w, may, func(runs paging.Slice[census.SyncRun]) bool {
		rest.Rows = nil
		return look(runs)
	})
	if limited && len(rest.Rows) > 0 { // no call has found its position
		look(rest)
	}
	return limited, err
}

// show shows runs to all visitors that need more. For each of them, it takes the runs from the
// budget. It reports whether all visitors are through.
func (s *scan) show(l *loaders, runs paging.Slice[census.SyncRun]) (enough bool) {
	enough = true
	for _, v := range s.visitors {
		if v.done {
			continue
		}
		v.done = v.look(runs) || !runs.More || len(runs.Rows) == 0
		if spent := !l.scans.budget.takeRuns(len(runs.Rows)); spent && !v.done {
			v.done, v.limited = true, true
		}
		enough = enough && v.done
	}
	return enough
}

// errReadLimit returns the error for a list that the read limit stops at its start. An empty page
// with the same cursor would make clients repeat the query forever.
func (l *loaders) errReadLimit(format string, args ...any) error {
	err := gqlerror.Errorf("query too expensive: "+format, args...)
	err.Extensions = map[string]any{"code": errcodes.QueryTooExpensive, "limit": string(limits.Calls), "allowed": l.calls, "actual": l.calls + 1}
	return err
}
