package live

import (
	"reflect"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/graph/health"
	"census-gateway/upstream/census"
	"census-gateway/upstream/paging"
)

// seen is how many of a sync's newest runs are kept in mind: those that health is told by.
const seen = 25

// A watched is what is known of one sync that somebody follows.
type watched struct {
	record  *census.Sync
	runs    []census.SyncRun                     // the newest, as last read, the oldest first
	open    map[census.SyncRunID]*census.SyncRun // those further back that may still change
	more    bool                                 // there are runs older than runs
	asked   time.Time                            // when runs were asked for; zero: not yet
	changed time.Time                            // when it was last read with a change
	health  *health.Health                       // nil until it is judged
	alerts  map[string]alerts.Alert              // those that fire, or have and cannot be judged now, by id; nil: not judged yet
	counts  Counts

	next    time.Time // when to read it
	urgent  bool      // something is about to happen, or has
	began   time.Time // when the last read of it began
	woken   time.Time // since when something has reported that it has changed; zero: nothing has since it was read
	again   time.Time // until then it is read once more, since that may be ahead of Census's lists
	told    time.Time // since when another gateway has read something new of it; zero: none has since it was read
	theirs  bool      // another gateway read it last
	failed  int       // reads that failed since the last that did not
	reading bool
}

// take takes in rows, which were asked for at a time: its newest runs, the oldest first, and
// what became of the open ones. It returns what has changed; at the first time what was
// touched since began.
func (y *watched) take(rows []census.SyncRun, open map[census.SyncRunID]*census.SyncRun, more bool, asked, began time.Time) (changes []Change) {
	known := y.open
	if known == nil {
		known = make(map[census.SyncRunID]*census.SyncRun)
	}
	for i := range y.runs {
		known[y.runs[i].ID] = &y.runs[i]
	}
	since, still := began, make(map[census.SyncRunID]*census.SyncRun)
	if !y.asked.IsZero() {
		since = y.asked.Add(-settles) // those touched before are no more in mind
	}
	look := func(run *census.SyncRun) {
		before := known[run.ID]
		if before == nil && !run.UpdatedAt.Time().After(since) || before != nil && alike(before, run) {
			return
		}
		changes = append(changes, Change{Run: run, Before: before})
	}
	for _, run := range open {
		look(run)
		if mayChange(run, asked) {
			still[run.ID] = run
		}
	}
	for i := range rows {
		look(&rows[i])
	}
	y.counts.add(changes, since)
	newest := max(len(rows)-seen, 0)
	for i := range rows[:newest] {
		if mayChange(&rows[i], asked) {
			still[rows[i].ID] = &rows[i]
		}
	}
	y.runs, y.more, y.open, y.asked = rows[newest:], more || newest > 0, still, asked
	return changes
}

// behind are the runs known that rows do not hold and that may still change.
func (y *watched) behind(rows []census.SyncRun, now time.Time) (ids []census.SyncRunID) {
	held := make(map[census.SyncRunID]bool, len(rows))
	for i := range rows {
		held[rows[i].ID] = true
	}
	for id := range y.open {
		if !held[id] {
			ids = append(ids, id)
		}
	}
	for i := range y.runs {
		if run := &y.runs[i]; !held[run.ID] && mayChange(run, now) {
			ids = append(ids, run.ID)
		}
	}
	return ids
}

// window is what to read of its runs: the newest at first, then from the oldest of those
// in mind on.
func (y *watched) window() paging.Window {
	switch {
	case y.asked.IsZero():
		return paging.Window{Limit: seen}
	case !y.more || len(y.runs) < seen:
		return paging.Window{Limit: 1000}
	}
	return paging.Window{Older: paging.Since(paging.Moment(y.runs[0].CreatedAt)), Limit: 1000}
}

// alike tells whether nothing has changed but the time at which Census touched the run.
func alike(a, b *census.SyncRun) bool {
	before := *a
	before.UpdatedAt = b.UpdatedAt
	return reflect.DeepEqual(&before, b)
}

// settles is how long Census goes on to book the totals of a run that is over. Up to 221 s
// have been seen.
const settles = 10 * time.Minute

// mayChange tells whether the run is in progress, or was touched of late.
func mayChange(run *census.SyncRun, now time.Time) bool {
	return run.Outcome() == census.OutcomeInProgress || now.Sub(run.UpdatedAt.Time()) < settles
}

// working is the newest run that is in progress; nil if none is.
func (y *watched) working() (newest *census.SyncRun) {
	for i := range y.runs {
		if y.runs[i].Outcome() == census.OutcomeInProgress {
			newest = &y.runs[i]
		}
	}
	for _, run := range y.open {
		if newest == nil && run.Outcome() == census.OutcomeInProgress {
			newest = run
		}
	}
	return newest
}

// newestFirst are its runs in the order in which health takes them.
func (y *watched) newestFirst() []census.SyncRun {
	runs := make([]census.SyncRun, len(y.runs))
	for i, run := range y.runs {
		runs[len(runs)-1-i] = run
	}
	return runs
}
