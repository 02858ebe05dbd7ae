package live

import (
	"reflect"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/graph/health"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// keptRuns is the number of newest runs kept per sync. Health is evaluated from these.
const keptRuns = 25

// A watchedSync is the state of one sync in a watcher.
type watchedSync struct {
	record    *census.Sync
	runs      []census.SyncRun                     // the newest as last read, oldest first
	unsettled map[census.SyncRunID]*census.SyncRun // older runs that may still change
	more      bool                                 // Census has older runs than these
	requested time.Time                            // when runs was requested; zero: never
	changed   time.Time                            // when a read last found a change
	health    *health.Health                       // nil until it is evaluated
	alerts    map[string]alerts.Alert              // by id: firing alerts, and alerts that fired and are now unknown; nil: not evaluated yet
	counts    Counts

	next           time.Time // planned time of the next read
	expectsChange  bool      // a change is expected or was reported
	lastReadBegan  time.Time // when the last read began
	hintedAt       time.Time // time of the first hint since the last read; zero: none
	readAgainAt    time.Time // second read after a hint, which may come before Census's lists show the change
	readByPeerAt   time.Time // when another gateway read something new, since the last read; zero: it did not
	lastReadByPeer bool      // another gateway made the last read
	failedReads    int       // failed reads since the last successful one
	reading        bool
}

// update replaces the state with a read requested at the given time. rows are the newest runs,
// oldest first; older are the re-read unsettled runs. It returns the changes; at the first read,
// those after began.
func (s *watchedSync) update(rows []census.SyncRun, older map[census.SyncRunID]*census.SyncRun, more bool, requested, began time.Time) (changes []Change) {
	known := s.unsettled
	if known == nil {
		known = make(map[census.SyncRunID]*census.SyncRun)
	}
	for i := range s.runs {
		known[s.runs[i].ID] = &s.runs[i]
	}
	since, unsettled := began, make(map[census.SyncRunID]*census.SyncRun)
	if !s.requested.IsZero() {
		since = s.requested.Add(-settleTime) // older changes of settled runs were delivered before
	}
	compare := func(run *census.SyncRun) {
		before := known[run.ID]
		if before == nil && !run.UpdatedAt.Time().After(since) || before != nil && sameExceptUpdatedAt(before, run) {
			return
		}
		changes = append(changes, Change{Run: run, Before: before})
	}
	for _, run := range older {
		compare(run)
		if mayChange(run, requested) {
			unsettled[run.ID] = run
		}
	}
	for i := range rows {
		compare(&rows[i])
	}
	s.counts.add(changes, since)
	newest := max(len(rows)-keptRuns, 0)
	for i := range rows[:newest] {
		if mayChange(&rows[i], requested) {
			unsettled[rows[i].ID] = &rows[i]
		}
	}
	s.runs, s.more, s.unsettled, s.requested = rows[newest:], more || newest > 0, unsettled, requested
	return changes
}

// missingUnsettled returns the known runs that may still change and that are not in rows.
func (s *watchedSync) missingUnsettled(rows []census.SyncRun, now time.Time) (ids []census.SyncRunID) {
	held := make(map[census.SyncRunID]bool, len(rows))
	for i := range rows {
		held[rows[i].ID] = true
	}
	for id := range s.unsettled {
		if !held[id] {
			ids = append(ids, id)
		}
	}
	for i := range s.runs {
		if run := &s.runs[i]; !held[run.ID] && mayChange(run, now) {
			ids = append(ids, run.ID)
		}
	}
	return ids
}

// window returns which runs to read: the newest at first, and then all from the oldest kept run on.
func (s *watchedSync) window() paging.Window {
	switch {
	case s.requested.IsZero():
		return paging.Window{Limit: keptRuns}
	case !s.more || len(s.runs) < keptRuns:
		return paging.Window{Limit: 1000}
	}
	return paging.Window{Older: paging.Since(paging.Moment(s.runs[0].CreatedAt)), Limit: 1000}
}

// sameExceptUpdatedAt reports whether a and b differ at most in UpdatedAt.
func sameExceptUpdatedAt(a, b *census.SyncRun) bool {
	before := *a
	before.UpdatedAt = b.UpdatedAt
	return reflect.DeepEqual(&before, b)
}

// settleTime is how long Census may change the totals of a run after its end. The longest observed
// time is 221 s.
const settleTime = 10 * time.Minute

// mayChange reports whether the run is in progress or was updated within settleTime.
func mayChange(run *census.SyncRun, now time.Time) bool {
	return run.Outcome() == census.OutcomeInProgress || now.Sub(run.UpdatedAt.Time()) < settleTime
}

// inProgress returns the newest run in progress; nil if no run is.
func (s *watchedSync) inProgress() (newest *census.SyncRun) {
	for i := range s.runs {
		if s.runs[i].Outcome() == census.OutcomeInProgress {
			newest = &s.runs[i]
		}
	}
	for _, run := range s.unsettled {
		if newest == nil && run.Outcome() == census.OutcomeInProgress {
			newest = run
		}
	}
	return newest
}

// newestFirst returns the runs newest first, the order that package health expects.
func (s *watchedSync) newestFirst() []census.SyncRun {
	runs := make([]census.SyncRun, len(s.runs))
	for i, run := range s.runs {
		runs[len(runs)-1-i] = run
	}
	return runs
}
