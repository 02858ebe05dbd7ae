package live

import (
	"cmp"
	"context"
	"slices"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/upstream/census"
)

// An AlertChange is an alert that began to fire, was resolved, or cannot be judged any more.
type AlertChange struct {
	Sync   *census.Sync // of which it is
	Before alerts.State // Unknown: it fired, and then could not be judged; "": it did not fire
	After  alerts.Alert
	Again  bool // it fired before, and fires for another run; only of alerts with EveryTime

	first bool // nothing was known of the sync before
}

// alert judges the alerts of y, and tells what has changed. At the first time those stand that
// began to fire before the watcher began.
func (y *watched) alert(now, began time.Time) (changes []AlertChange) {
	first, stood := y.alerts == nil, y.alerts
	y.alerts = make(map[string]alerts.Alert)
	seen := make(map[string]bool)
	tell := func(a alerts.Alert, again bool) {
		changes = append(changes, AlertChange{Sync: y.record, Before: stood[a.ID].State, After: a, Again: again, first: first})
	}
	for _, a := range alerts.Of(y.record, y.newestFirst(), y.more, now) {
		before, known := stood[a.ID]
		seen[a.ID] = true
		switch {
		case a.State == alerts.Firing:
			y.alerts[a.ID] = a
			again := known && before.State == alerts.Firing
			switch {
			case first && a.Since.Time().Before(began):
			case !again:
				tell(a, false)
			case a.EveryTime && a.Run != nil && (before.Run == nil || before.Run.ID != a.Run.ID):
				tell(a, true)
			}
		case known && a.State == alerts.Unknown:
			y.alerts[a.ID] = a
			if before.State != alerts.Unknown {
				tell(a, false)
			}
		case known:
			tell(a, false)
		}
	}
	reason := "The rule does not apply any more."
	if y.record.Paused {
		reason = "The rule does not apply while the sync is paused."
	}
	return append(changes, y.gone(stood, seen, reason, now)...)
}

// gone resolves those of alerts, which stood, that were not seen.
func (y *watched) gone(stood map[string]alerts.Alert, seen map[string]bool, reason string, now time.Time) (changes []AlertChange) {
	for id, a := range stood {
		if !seen[id] {
			before := a.State
			a.State, a.Since, a.Message, a.Value = alerts.Resolved, census.DateTime(now.UnixMilli()), reason, nil
			changes = append(changes, AlertChange{Sync: y.record, Before: before, After: a})
		}
	}
	slices.SortFunc(changes, func(a, b AlertChange) int { return cmp.Compare(a.After.ID, b.After.ID) })
	return changes
}

// Heard tells followers of an alert that Census has reported.
func (ws *Watchers) Heard(a alerts.Alert) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := range ws.used {
		w.mu.Lock()
		if y := w.syncs[a.Sync]; y != nil && w.follows(a.Sync) {
			w.alerts.put(AlertChange{Sync: y.record, After: a})
		}
		w.mu.Unlock()
	}
}

// NextAlert waits for the next change of an alert.
func (f *Follower) NextAlert(ctx context.Context) (AlertChange, error) {
	for {
		c, _, err := f.alerts.at(ctx, f.alert)
		if err != nil {
			return c, err
		}
		f.alert++
		if stood := c.first && c.After.Since.Time().Before(f.began); f.wants(c.Sync.ID) && !stood {
			return c, nil
		}
	}
}
