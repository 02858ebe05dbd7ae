package graph

import (
	"slices"
	"time"

	"census-gateway/graph/stats"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// readStream reads further in s until it has a run to show, is known up to until (unless that is
// an end), or has read its maximum of steps. may allows each call to Census. final says whether s
// ends if the first call shows that more are needed.
func (l *loaders) readStream(s *runStream, filter *stats.Filter, until paging.Position, may func() bool, final bool) {
	if filter.InProgress() {
		l.readInProgress(s, filter, may, final)
		return
	}
	s.steps = max(1, 2*s.steps)
	steps, rest := 0, s.heldBack
	limited, err := l.walkWithBudget(s, s.window, may, func(slice paging.Slice[census.SyncRun]) bool {
		s.add(slice, filter)
		steps++
		return len(s.rows) > 0 || steps == s.steps || !until.IsEnd() && !comesBefore(s.window.Near(), until, s.window.FromOldest)
	})
	s.tried, s.err = true, err
	if limited && steps == 0 && len(rest.Rows) > 0 {
		s.add(rest, filter)
	}
	if len(s.rows) > 0 {
		s.steps = 0
	}
	switch {
	case err != nil && !s.started: // the sync is omitted
		s.done = true
	case s.window.FromOldest && s.dropFutureRuns():
		s.done = true
		s.endBefore(s.asOf)
	case err != nil, limited && (final || s.started):
		s.endHere()
	case s.done && s.window.FromOldest:
		s.endBefore(s.asOf)
	}
}

// walkWithBudget walks w and takes the examined runs from the budget. The first walk of s begins
// with s.first.
func (l *loaders) walkWithBudget(s *runStream, w paging.Window, may func() bool, look func(paging.Slice[census.SyncRun]) (enough bool)) (limited bool, err error) {
	first, spent := s.first, false
	s.first = nil
	limited, err = l.walk(first, s.sync, w, may, func(runs paging.Slice[census.SyncRun]) bool {
		enough := look(runs) || !runs.More || len(runs.Rows) == 0
		spent = !l.scans.budget.takeRuns(len(runs.Rows)) && !enough
		return enough || spent
	})
	return limited || spent, err
}

// readInProgress is readStream for a filter that only runs in progress can pass. It reads all of
// them.
func (l *loaders) readInProgress(s *runStream, filter *stats.Filter, may func() bool, final bool) {
	var found foundRuns
	var asOf time.Time
	limited, err := l.walkWithBudget(s, inProgressWindow(s.window, filter), may, func(runs paging.Slice[census.SyncRun]) bool {
		if asOf.IsZero() {
			asOf = runs.AsOf
		}
		return found.addInProgress(runs, s.window, filter)
	})
	s.tried = true
	if err == nil && limited && final {
		err = l.errInProgressNotRead(s.sync)
	}
	switch {
	case err != nil: // the sync is omitted
		s.err, s.done = err, true
	case limited: // it must be read with calls of the budget
	default:
		if s.window.FromOldest {
			slices.Reverse(found.rows)
		}
		s.rows, s.asOf, s.started, s.done = found.rows, asOf, true, true
		if s.window.FromOldest {
			s.dropFutureRuns()
			s.endBefore(asOf)
		}
	}
}
