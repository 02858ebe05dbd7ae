package live

import (
	"cmp"
	"slices"
	"time"

	"census-gateway/upstream/census"
)

// maxSyncMarks is the maximum number of syncs with their own time in a mark.
const maxSyncMarks = 40

// A Mark says up to which time all changes have been delivered. The zero Mark means that no time is
// known.
type Mark struct {
	At    census.DateTime
	Syncs []SyncMark // syncs with an earlier or a later time
}

// A SyncMark says up to which time all changes of one sync have been delivered.
type SyncMark struct {
	Sync census.SyncID
	At   census.DateTime
}

// Of returns the time for one sync; the earliest if the sync has several.
func (m Mark) Of(id census.SyncID) (at census.DateTime) {
	for _, s := range m.Syncs {
		if s.Sync == id && (at == 0 || s.At < at) {
			at = s.At
		}
	}
	return cmp.Or(at, m.At)
}

// WithUnread returns m with an earlier time for syncs that could not be read.
func (m Mark) WithUnread(unread []SyncMark) Mark {
	m.Syncs = append(slices.Clip(m.Syncs), unread...)
	if len(unread) > maxSyncMarks {
		m.Syncs = nil
		for _, s := range unread {
			m.At = min(m.At, s.At)
		}
	}
	return m
}

// deliveredUpTo returns the mark of f; the zero Mark if f has undelivered changes. Its time is that
// of the least recently read sync. Two kinds of syncs have their own times: failing syncs, which
// would hold back the mark, and syncs that have changed since, whose changes would be delivered
// twice.
func (w *Watcher) deliveredUpTo(f *Follower) (m Mark) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.runs.head() != f.nextRun {
		return m
	}
	all := len(f.syncs) == 0
	if all && w.marked == f.nextRun {
		return w.mark
	}
	at := time.Now()
	if all { // syncs may have been created since
		at = later(w.listRead, w.began)
	}
	for id, s := range w.syncs {
		if requested := later(s.requested, w.began); f.includes(id) && s.failedReads == 0 && requested.Before(at) {
			at = requested
		}
	}
	m.At = visibleAt(at)
	for id, s := range w.syncs {
		if f.includes(id) && (s.failedReads > 0 || s.changed.After(at)) {
			m.Syncs = append(m.Syncs, SyncMark{id, visibleAt(later(s.requested, w.began))})
		}
	}
	slices.SortFunc(m.Syncs, func(a, b SyncMark) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Sync, b.Sync)) })
	if n := len(m.Syncs); n > maxSyncMarks {
		m.At = min(m.At, m.Syncs[0].At) // no change is lost, but some are delivered twice
		m.Syncs = m.Syncs[n-maxSyncMarks:]
	}
	if all {
		w.marked, w.mark = f.nextRun, m
	}
	return m
}

// visibleAt returns the time up to which all changes were visible in a read requested at the given
// time.
func visibleAt(requested time.Time) census.DateTime {
	return census.DateTime(requested.Add(-clockLag).UnixMilli())
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// Start returns the mark of f at its beginning.
func (f *Follower) Start() Mark { return Mark{At: visibleAt(f.began)} }

// CompleteSince returns the time from which followers receive every change of a sync: that of its
// last read. For id 0, it is the start of the watcher.
func (w *Watcher) CompleteSince(id census.SyncID) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	if s := w.syncs[id]; s != nil {
		return later(s.requested, w.began)
	}
	return w.began
}
