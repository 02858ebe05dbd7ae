package graph

import (
	"slices"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// streamStep is how many runs of each sync a timeline reads at first: most pages
// need few of each.
const streamStep = 10

// clockLag is how much later than the time it bears a run may come to be seen, by
// our clock: clocks differ a little, and Census writes a run before it shows it.
const clockLag = 5 * time.Second

// A stream is the runs of one sync on their way into the timeline, nearest
// first.
type stream struct {
	sync    census.SyncID
	window  paging.Window                // what has not been read yet
	rows    []census.SyncRun             // read and not shown yet, those that the filter passes
	done    bool                         // nothing is left to read
	rest    paging.Slice[census.SyncRun] // a run that was held back, to be shown if s can be read no further
	asOf    time.Time                    // when what was read last was asked for
	barrier paging.Position              // beyond it nothing is known: the read limit was met, reading failed, or newer runs may come; zero: no such
	err     error                        // why it could not be read, or no further
	total   int                          // runs of the sync: behind where the page begins, read, and ahead
	ahead   int                          // of these, not read yet
	outside bool                         // there are runs on the other side of where the page begins
	sought  bool                         // reading it was tried
	started bool                         // something of it was read
	steps   int                          // to read at most the next time, for as long as the filter passes nothing

	first *loaded[stretch, paging.Slice[census.SyncRun]] // what reading begins with (askFirst), if it has not begun
}

// unread tells whether s has to be read on for its next run to be known.
func (s *stream) unread() bool { return len(s.rows) == 0 && !s.done && s.barrier.IsEnd() }

// known is the place up to which s is known: its next run, or where reading has to continue
// or failed. ok is false when nothing is left.
func (s *stream) known() (p paging.Position, ok bool) {
	switch {
	case len(s.rows) > 0:
		return paging.Position{CreatedAt: paging.Moment(s.rows[0].CreatedAt), ID: int64(s.rows[0].ID)}, true
	case s.unread():
		return s.window.Near(), true
	}
	return s.barrier, !s.barrier.IsEnd()
}

// stop has s end where it has been read up to.
func (s *stream) stop() {
	s.barrier = s.window.Near()
	s.barrier.Ordinal = 0 // as in all cursors of the timeline
}

// take takes in what was read of s.
func (s *stream) take(slice paging.Slice[census.SyncRun], filter *stats.Filter) {
	behind, ahead := slice.Total-slice.End(), slice.First
	if s.window.FromOldest {
		behind, ahead = ahead, behind
	}
	if !s.started {
		if s.window.Near().IsEnd() { // what lies behind came while it was read
			behind = 0
		}
		s.started, s.outside, s.total = true, behind > 0, behind
	}
	s.total += len(slice.Rows) - s.ahead + ahead // not slice.Total: the list may have changed since it was begun
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
	s.rest, s.window = slice.Rest(s.window), slice.After(s.window)
}

// readStream reads on in s until it has a run to show, is known up to until (an end:
// nowhere), or has been read as many steps as it may. Calls to Census are made if may
// says so; where the first one shows that more are needed, final tells whether s then
// ends there.
func (l *loaders) readStream(s *stream, filter *stats.Filter, until paging.Position, may func() bool, final bool) {
	if filter.InProgress() {
		l.readInProgress(s, filter, may, final)
		return
	}
	s.steps = max(1, 2*s.steps)
	steps, rest := 0, s.rest
	limited, err := l.walkCounted(s, s.window, may, func(slice paging.Slice[census.SyncRun]) bool {
		s.take(slice, filter)
		steps++
		return len(s.rows) > 0 || steps == s.steps || !until.IsEnd() && !nearer(s.window.Near(), until, s.window.FromOldest)
	})
	s.sought, s.err = true, err
	if limited && steps == 0 && len(rest.Rows) > 0 {
		s.take(rest, filter)
	}
	if len(s.rows) > 0 {
		s.steps = 0
	}
	switch {
	case err != nil && !s.started: // it is left out
		s.done = true
	case s.window.FromOldest && s.holdBack():
		s.done = true
		s.reached(s.asOf)
	case err != nil, limited && (final || s.started):
		s.stop()
	case s.done && s.window.FromOldest:
		s.reached(s.asOf)
	}
}

// walkCounted walks w, from s.first on the first time, and takes the runs looked at from
// the budget.
func (l *loaders) walkCounted(s *stream, w paging.Window, may func() bool, look func(paging.Slice[census.SyncRun]) (enough bool)) (limited bool, err error) {
	first, spent := s.first, false
	s.first = nil
	limited, err = l.walk(first, s.sync, w, may, func(runs paging.Slice[census.SyncRun]) bool {
		enough := look(runs) || !runs.More || len(runs.Rows) == 0
		spent = !l.scans.budget.look(len(runs.Rows)) && !enough
		return enough || spent
	})
	return limited || spent, err
}

// reached has s end, towards newer runs, at the moment asOf at which its newest were
// asked for: there may be others by now.
func (s *stream) reached(asOf time.Time) {
	s.barrier = paging.Before(paging.Moment(asOf.Add(-clockLag).UnixMilli()))
}

// holdBack leaves out the runs of s that were created in the future, if Census is right: a
// client that follows the timeline from one of those would see no others.
func (s *stream) holdBack() (held bool) {
	limit := census.DateTime(s.asOf.Add(census.ClockLead).UnixMilli())
	i := slices.IndexFunc(s.rows, func(r census.SyncRun) bool { return r.CreatedAt > limit })
	if i < 0 {
		return false
	}
	s.rows = s.rows[:i]
	return true
}
