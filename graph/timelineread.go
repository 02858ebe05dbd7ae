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
	case err != nil && !s.started: // the sync is omitted
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

// walkCounted walks w and takes the examined runs from the budget. The first walk of s begins
// with s.first.
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

// readInProgress is readStream for a filter that only runs in progress can pass. It reads all of
// them.
func (l *loaders) readInProgress(s *stream, filter *stats.Filter, may func() bool, final bool) {
	var h harvest
	var asOf time.Time
	limited, err := l.walkCounted(s, inProgressWindow(s.window, filter), may, func(runs paging.Slice[census.SyncRun]) bool {
		if asOf.IsZero() {
			asOf = runs.AsOf
		}
		return h.gatherInProgress(runs, s.window, filter)
	})
	s.sought = true
	if err == nil && limited && final {
		err = l.lost(s.sync)
	}
	switch {
	case err != nil: // the sync is omitted
		s.err, s.done = err, true
	case limited: // it must be read with calls of the budget
	default:
		if s.window.FromOldest {
			slices.Reverse(h.rows)
		}
		s.rows, s.asOf, s.started, s.done = h.rows, asOf, true, true
		if s.window.FromOldest {
			s.holdBack()
			s.reached(asOf)
		}
	}
}
