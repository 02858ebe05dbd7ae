package graph

import (
	"slices"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// firstStreamRuns is how many runs of each sync a timeline reads at first. Most pages need few of
// each.
const firstStreamRuns = 10

// clockLag is how long after its creation time a run may become visible, by our clock. Clocks
// differ a little, and Census stores a run before it lists it.
const clockLag = 5 * time.Second

// A runStream provides the runs of one sync for the timeline, nearest first.
type runStream struct {
	sync     census.SyncID
	window   paging.Window                // not read yet
	rows     []census.SyncRun             // read and not shown yet; they pass the filter
	done     bool                         // all has been read
	heldBack paging.Slice[census.SyncRun] // a run held back, shown if s cannot be read further
	asOf     time.Time                    // when the last read was requested
	// barrier is a place beyond which nothing is known, because of the read limit, a failure, or
	// possible new runs. It is zero if nothing limits s.
	barrier paging.Position
	err     error // why it could not be read, or not further
	total   int   // runs of the sync: before the page, read, and ahead
	ahead   int   // the part of total that is not read yet
	outside bool  // there are runs before the start of the page
	tried   bool  // a read was tried
	started bool  // a read succeeded
	steps   int   // limit of the next read, if no run passes the filter

	first *loadedValue[runWindow, paging.Slice[census.SyncRun]] // see requestFirst; nil once it is used
}

// needsRead reports whether s must be read further to find its next run.
func (s *runStream) needsRead() bool { return len(s.rows) == 0 && !s.done && s.barrier.IsEnd() }

// knownUpTo returns the place up to which s is known: its next run, or where reading must continue
// or failed. ok is false if no runs are left.
func (s *runStream) knownUpTo() (p paging.Position, ok bool) {
	switch {
	case len(s.rows) > 0:
		return paging.Position{CreatedAt: paging.Moment(s.rows[0].CreatedAt), ID: int64(s.rows[0].ID)}, true
	case s.needsRead():
		return s.window.Near(), true
	}
	return s.barrier, !s.barrier.IsEnd()
}

// endHere ends s at the place up to which it was read.
func (s *runStream) endHere() {
	s.barrier = s.window.Near()
	s.barrier.Ordinal = 0 // as in all cursors of the timeline
}

// add adds the runs of slice to s.
func (s *runStream) add(slice paging.Slice[census.SyncRun], filter *stats.Filter) {
	behind, ahead := slice.Total-slice.End(), slice.First
	if s.window.FromOldest {
		behind, ahead = ahead, behind
	}
	if !s.started {
		if s.window.Near().IsEnd() { // runs before it arrived while it was read
			behind = 0
		}
		s.started, s.outside, s.total = true, behind > 0, behind
	}
	// Not slice.Total, since the list may have changed since the first read.
	s.total += len(slice.Rows) - s.ahead + ahead
	s.ahead = ahead
	for n := range slice.Rows {
		i := n
		if !s.window.FromOldest {
			i = len(slice.Rows) - 1 - n
		}
		if filter.Match(&slice.Rows[i]) {
			s.rows = append(s.rows, slice.Rows[i])
		}
	}
	s.asOf = slice.AsOf
	s.done = !slice.More || len(slice.Rows) == 0
	s.heldBack, s.window = slice.Rest(s.window), slice.After(s.window)
	s.heldBack.Rows = slices.Clone(s.heldBack.Rows) // a scan uses the memory again
}

// endBefore ends s, towards newer runs, shortly before asOf, when its newest runs were requested.
// Newer runs may exist by now.
func (s *runStream) endBefore(asOf time.Time) {
	s.barrier = paging.Before(paging.Moment(asOf.Add(-clockLag).UnixMilli()))
}

// dropFutureRuns removes the runs of s that were created in the future. A client that follows the
// timeline from such a run would miss all others.
func (s *runStream) dropFutureRuns() (held bool) {
	limit := census.DateTime(s.asOf.Add(census.ClockLead).UnixMilli())
	i := slices.IndexFunc(s.rows, func(r census.SyncRun) bool { return r.CreatedAt > limit })
	if i < 0 {
		return false
	}
	s.rows = s.rows[:i]
	return true
}

// comesBefore reports whether p comes before q in a timeline. The end at which it begins comes
// first.
func comesBefore(p, q paging.Position, fromOldest bool) bool {
	if p.IsEnd() || q.IsEnd() {
		return p.IsEnd() && !q.IsEnd()
	}
	if fromOldest {
		return p.Compare(q) < 0
	}
	return p.Compare(q) > 0
}
