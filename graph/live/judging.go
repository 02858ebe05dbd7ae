package live

import (
	"time"

	"census-gateway/graph/health"
	"census-gateway/upstream/census"
)

// judge tells followers if the state of y or one of its alerts has changed.
func (w *Watcher) judge(y *watched, now time.Time) {
	if y.asked.IsZero() {
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
		w.outdate(later(y.asked, w.listed), c.Sync)
		w.health.put(c)
	}
	if changes := y.alert(now, w.began); len(changes) > 0 {
		w.outdate(later(y.asked, w.listed), y.record.ID)
		w.alerts.put(changes...)
	}
}

// outdate makes queries show the change of a sync that followers are about to get. It outdates
// pages of its runs that were requested before since.
func (w *Watcher) outdate(since time.Time, id census.SyncID, runs ...census.SyncRunID) {
	w.client.Doubt(since, id, runs...)
	if w.onChanged != nil {
		w.onChanged()
	}
}

// judgeAll judges all followed syncs by the clock. It leaves out a sync whose last read failed or
// is overdue: without that read, a missing run does not mean that the sync is late.
func (w *Watcher) judgeAll(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, y := range w.syncs {
		if w.follows(id) && y.failed == 0 && now.Sub(y.next) < overdue {
			w.judge(y, now)
		}
	}
}
