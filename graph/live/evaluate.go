package live

import (
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// evaluate evaluates the health and the alerts of s, and sends the changes to followers.
func (w *Watcher) evaluate(s *watchedSync, now time.Time) {
	if s.requested.IsZero() {
		return
	}
	after := health.Of(s.record, s.newestFirst(), s.more, now)
	before := s.health
	s.health = &after
	if before == nil || before.State != after.State {
		c := HealthChange{Sync: s.record.ID, After: after, At: now}
		if before != nil {
			c.Before = before.State
		}
		w.invalidate(later(s.requested, w.listRead), c.Sync)
		w.health.put(c)
	}
	if changes := s.evaluateAlerts(now, w.began); len(changes) > 0 {
		w.invalidate(later(s.requested, w.listRead), s.record.ID)
		w.alerts.put(changes...)
	}
}

// invalidate discards cached data of a sync, so that queries show the change that followers are
// about to receive. It discards pages of its runs that were requested before since.
func (w *Watcher) invalidate(since time.Time, id census.SyncID, runs ...census.SyncRunID) {
	w.client.Invalidate(since, id, runs...)
	if w.onChanged != nil {
		w.onChanged()
	}
}

// evaluateAll evaluates all followed syncs, because the passing of time can change their state. It
// leaves out a sync whose last read failed or is overdue: without that read, a missing run does not
// mean that the sync is late.
func (w *Watcher) evaluateAll(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, s := range w.syncs {
		if w.follows(id) && s.failedReads == 0 && now.Sub(s.next) < overdue {
			w.evaluate(s, now)
		}
	}
}
