package graph

import (
	"slices"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// reap searches the runs of a sync in w that pass filter, until it has as many as w requests and
// knows whether there is another. The returned function waits for them.
func (l *loaders) reap(id census.SyncID, w paging.Window, filter *stats.Filter) func() (harvest, error) {
	h, want := harvest{}, w.Limit
	w = narrow(w, filter)
	w.Limit = scanStep
	if filter.InProgress() {
		return l.reapInProgress(id, w, filter, want)
	}
	h.cut = w.Near()
	wait := l.scan(id, w, func(s paging.Slice[census.SyncRun]) bool {
		for n := range s.Rows {
			i := n
			if !w.FromOldest {
				i = len(s.Rows) - 1 - n
			}
			h.cut = positionOf(&w, &s, i)
			if !filter.Match(&s.Rows[i]) {
				continue
			}
			if len(h.rows) == want {
				h.more = true
				return true
			}
			h.rows, h.ordinals = append(h.rows, s.Rows[i]), append(h.ordinals, s.First+i)
		}
		return false
	})
	return func() (harvest, error) {
		limited, err := wait()
		h.more = h.more || limited
		switch {
		case !limited:
			h.cut = paging.Position{}
		case h.stands(w):
			return h, l.spent("the other fields used up the %d calls to Census that an operation may make; ask for fewer lists at once", l.calls)
		}
		return h, err
	}
}

// reapInProgress is reap for a filter that only runs in progress can pass.
func (l *loaders) reapInProgress(id census.SyncID, w paging.Window, filter *stats.Filter, want int) func() (harvest, error) {
	var h harvest
	wait := l.scan(id, inProgressWindow(w, filter), func(s paging.Slice[census.SyncRun]) bool { return h.gatherInProgress(s, w, filter) })
	return func() (harvest, error) {
		limited, err := wait()
		if w.FromOldest {
			slices.Reverse(h.rows)
			slices.Reverse(h.ordinals)
		}
		switch {
		case err == nil && limited:
			err = l.lost(id)
		case len(h.rows) > want:
			h.more = true
			h.rows, h.ordinals = h.rows[:want], h.ordinals[:want]
		}
		return h, err
	}
}

// lost returns the error if the read limit does not suffice to find all runs in progress of a
// sync.
func (l *loaders) lost(id census.SyncID) error {
	return l.spent("finding the runs in progress of sync %d takes more than the %d calls to Census that an operation may make; repeat the query, since the runs read so far stay in memory, or set createdSince", id, l.calls)
}
