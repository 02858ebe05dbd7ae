package live

import (
	"cmp"
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// mostApart is how many syncs a mark tells apart.
const mostApart = 40

// A Mark is up to when changes were told. The zero Mark tells nothing.
type Mark struct {
	At    census.DateTime
	Apart []Apart // syncs of which more was told, or less
}

// An Apart is up to when the changes of one sync were told.
type Apart struct {
	Sync census.SyncID
	At   census.DateTime
}

// Of is up to when those of a sync were told; the earliest if it stands apart twice.
func (m Mark) Of(id census.SyncID) (at census.DateTime) {
	for _, apart := range m.Apart {
		if apart.Sync == id && (at == 0 || apart.At < at) {
			at = apart.At
		}
	}
	return cmp.Or(at, m.At)
}

// Owing is m, though of some syncs less was told.
func (m Mark) Owing(owed []Apart) Mark {
	m.Apart = append(slices.Clip(m.Apart), owed...)
	if len(owed) > mostApart {
		m.Apart = nil
		for _, apart := range owed {
			m.At = min(m.At, apart.At)
		}
	}
	return m
}

// told is up to when f was told all; the zero Mark if there is more that it has not read. It
// is as of when the sync was read that was read longest ago. Apart stand syncs that fail, which
// would hold it up, and those that have changed since, which would be told again.
func (w *Watcher) told(f *Follower) (m Mark) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.runs.head() != f.run {
		return m
	}
	all := len(f.syncs) == 0
	if all && w.marked == f.run {
		return w.mark
	}
	at := time.Now()
	if all { // there may be others since
		at = later(w.listed, w.began)
	}
	for id, y := range w.syncs {
		if asked := later(y.asked, w.began); f.wants(id) && y.failed == 0 && asked.Before(at) {
			at = asked
		}
	}
	m.At = lagged(at)
	for id, y := range w.syncs {
		if f.wants(id) && (y.failed > 0 || y.changed.After(at)) {
			m.Apart = append(m.Apart, Apart{id, lagged(later(y.asked, w.began))})
		}
	}
	slices.SortFunc(m.Apart, func(a, b Apart) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Sync, b.Sync)) })
	if n := len(m.Apart); n > mostApart {
		m.At = min(m.At, m.Apart[0].At) // nothing is lost, though some is told again
		m.Apart = m.Apart[n-mostApart:]
	}
	if all {
		w.marked, w.mark = f.run, m
	}
	return m
}

// lagged is up to when all changes were there to be seen at asked.
func lagged(asked time.Time) census.DateTime {
	return census.DateTime(asked.Add(-clockLag).UnixMilli())
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Start is up to when f was told all when it began.
func (f *Follower) Start() Mark { return Mark{At: lagged(f.began)} }

// Watched is from when on followers are told what changes in a sync, those that follow now:
// when it was last read. Of 0 it is from when on the watcher works.
func (w *Watcher) Watched(id census.SyncID) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if y := w.syncs[id]; y != nil {
		return later(y.asked, w.began)
	}
	return w.began
}
