package graph

import (
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// findRuns searches the runs of a sync in w that pass filter, until it has as many as w requests
// and knows whether there is another. The returned function waits for them.
func (l *loaders) findRuns(id census.SyncID, w paging.Window, filter *stats.Filter) func() (foundRuns, error) {
	found, want := foundRuns{}, w.Limit
	w = narrow(w, filter)
	w.Limit = firstScanRuns
	if filter.InProgress() {
		return l.findRunsInProgress(id, w, filter, want)
	}
	found.stoppedAt = w.Near()
	wait := l.scan(id, w, func(s paging.Slice[census.SyncRun]) bool {
		for n := range s.Rows {
			i := n
			if !w.FromOldest {
				i = len(s.Rows) - 1 - n
			}
			found.stoppedAt = positionOf(&w, &s, i)
			if !filter.Match(&s.Rows[i]) {
				continue
			}
			if len(found.rows) == want {
				found.more = true
				return true
			}
			found.rows, found.ordinals = append(found.rows, s.Rows[i]), append(found.ordinals, s.First+i)
		}
		return false
	})
	return func() (foundRuns, error) {
		limited, err := wait()
		found.more = found.more || limited
		switch {
		case !limited:
			found.stoppedAt = paging.Position{}
		case found.stuck(w):
			return found, errReadLimit(l.options.ReadLimit, "the other fields used up the %d calls to Census that an operation may make; ask for fewer lists at once", l.options.ReadLimit)
		}
		return found, err
	}
}

// findRunsInProgress is findRuns for a filter that only runs in progress can pass.
func (l *loaders) findRunsInProgress(id census.SyncID, w paging.Window, filter *stats.Filter, want int) func() (foundRuns, error) {
	var found foundRuns
	wait := l.scan(id, inProgressWindow(w, filter), func(s paging.Slice[census.SyncRun]) bool { return found.addInProgress(s, w, filter) })
	return func() (foundRuns, error) {
		limited, err := wait()
		if w.FromOldest {
			slices.Reverse(found.rows)
			slices.Reverse(found.ordinals)
		}
		switch {
		case err == nil && limited:
			err = l.errInProgressNotRead(id)
		case len(found.rows) > want:
			found.more = true
			found.rows, found.ordinals = found.rows[:want], found.ordinals[:want]
		}
		return found, err
	}
}

// errInProgressNotRead returns the error if the read limit does not suffice to find all runs in
// progress of a sync.
func (l *loaders) errInProgressNotRead(id census.SyncID) error {
	return errReadLimit(l.options.ReadLimit, "finding the runs in progress of sync %d takes more than the %d calls to Census that an operation may make; repeat the query, since the runs read so far stay in memory, or set createdSince", id, l.options.ReadLimit)
}
