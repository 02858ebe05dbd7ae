package live

import (
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// evaluate evaluates the health and the alerts of y, and sends the changes to followers.
func (w *Watcher) evaluate(y *watchedSync, now time.Time) {
	if y.requested.IsZero() {
		return
	}
	after := health.Of(y.record, y.newestFirst(), y.more, now)
	before := y.health
	y.health = &after
	if before == nil || before.State != after.State {
		c := HealthChange{Sync: y.record.ID, After: after, At: now}
		if before != nil {
			c.Before = before.State
		}
		w.invalidate(later(y.requested, w.listRead), c.Sync)
		w.health.put(c)
	}
	if changes := y.evaluateAlerts(now, w.began); len(changes) > 0 {
		w.invalidate(later(y.requested, w.listRead), y.record.ID)
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
	for id, y := range w.syncs {
		if w.follows(id) && y.failedReads == 0 && now.Sub(y.next) < overdue {
			w.evaluate(y, now)
		}
	}
}
