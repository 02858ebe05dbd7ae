package graph

import (
	"sync"

	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// Limits on how far one operation reads histories that Census cannot filter.
const (
	maxScannedRuns = 1_000_000 // runs examined for each filter and statistic, including those in memory
	firstScanRuns  = 100       // runs of the first read, which one call returns
)

// scans holds the scans of one operation. Requests for the same runs before the next read share a
// scan.
type scans struct {
	budget  scanBudget
	mu      sync.Mutex
	pending []*scan // requested and not yet started
}

// A scan shows the runs of one sync in a window to visitors. It shows some at a time, from the
// side that the window counts from, until all visitors have enough or no runs are left.
type scan struct {
	runs      runWindow // the window without a limit
	firstRuns int       // runs of the first read
	first     *loadedValue[runWindow, paging.Slice[census.SyncRun]]
	// newest is the first read of another scan of the sync, with the newest runs; nil if there is
	// none.
	newest   *loadedValue[runWindow, paging.Slice[census.SyncRun]]
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
	runs := runWindow{sync: id, window: w}
	runs.window.Limit = 0
	v := &visitor{look: look}
	var s *scan
	for _, p := range l.scans.pending {
		if p.runs == runs {
			s = p
		}
	}
	if s == nil {
		s = &scan{runs: runs, done: make(chan struct{})}
		l.scans.pending = append(l.scans.pending, s)
	}
	if w.Limit > s.firstRuns {
		s.firstRuns = w.Limit
		s.first = l.requestFirst(id, w)
	}
	s.visitors = append(s.visitors, v)
	return func() (bool, error) {
		<-s.done
		return v.limited, v.err
	}
}

// requestFirst requests the first runs of a scan of w, if it begins at an end of the list;
// otherwise it returns nil. All scans share the newest runs.
func (l *loaders) requestFirst(id census.SyncID, w paging.Window) *loadedValue[runWindow, paging.Slice[census.SyncRun]] {
	if !w.Near().IsEnd() {
		return nil
	}
	if !w.FromOldest {
		w = paging.Window{Limit: w.Limit}
	}
	return l.runWindows.load(runWindow{sync: id, window: w, once: true})
}

// takeScans returns the requested scans, for startScans. Take them before their first runs are
// dispatched: another goroutine may request a scan in between.
func (l *loaders) takeScans() []*scan {
	l.scans.mu.Lock()
	defer l.scans.mu.Unlock()
	pending := l.scans.pending
	l.scans.pending = nil
	return pending
}

// startScans starts scans whose first runs have been dispatched.
func (l *loaders) startScans(pending []*scan) {
	followNewest(pending)
	for _, s := range pending {
		go func() {
			defer close(s.done)
			var err error
			if s.newest != nil {
				_, _ = s.newest.Get() // this scan finds its errors itself
			}
			if bug := recoverPanic(func() { err = s.run(l) }); bug != nil {
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
func followNewest(pending []*scan) {
	newest := make(map[census.SyncID]*loadedValue[runWindow, paging.Slice[census.SyncRun]], len(pending))
	for _, s := range pending {
		if s.first != nil && !s.runs.window.FromOldest {
			newest[s.runs.sync] = s.first
		}
	}
	for _, s := range pending {
		if s.first == nil && !s.runs.window.FromOldest {
			s.newest = newest[s.runs.sync]
		}
	}
}

// run shows the runs to the visitors.
func (s *scan) run(l *loaders) error {
	w := s.runs.window
	w.Limit = s.firstRuns
	limited, err := l.walk(s.first, s.runs.sync, w, oneFreeCall(l.scans.budget.takeCall), func(runs paging.Slice[census.SyncRun]) bool { return s.show(l, runs) })
	for _, v := range s.visitors {
		if limited && !v.done {
			v.done, v.limited = true, true
		}
	}
	return err
}

// walk shows the runs of a sync in w to look, some at a time from the side that w counts from,
// until look returns true or w ends. first is the result of requestFirst for w. limited reports
// whether may ended the walk early by allowing no more calls. The page of first does not count as
// a call.
func (l *loaders) walk(first *loadedValue[runWindow, paging.Slice[census.SyncRun]], id census.SyncID, w paging.Window, may func() bool, look func(paging.Slice[census.SyncRun]) (enough bool)) (limited bool, err error) {
	var rest paging.Slice[census.SyncRun]
	if first != nil {
		runs, err := first.Get()
		l.runWindows.clear(first.key)
		runs = runs.Cut(w).Hold(w)
		rest = runs.Rest(w)
		if err != nil || look(runs) || !runs.More || len(runs.Rows) == 0 {
			return false, err
		}
		w, may = runs.After(w), l.scans.budget.takeCall
	}
	ctx := l.readContext()
	defer l.runReads.acquire(ctx)()
	limited, err = l.census.ScanRuns(ctx, id, w, may, func(runs paging.Slice[census.SyncRun]) bool {
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
