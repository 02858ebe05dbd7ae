package live

import (
	"cmp"
	"context"
	"slices"
	"time"

	"census-gateway/graph/alerts"
	"census-gateway/upstream/census"
)

// An AlertChange reports that an alert began to fire, was resolved, or can no longer be evaluated.
type AlertChange struct {
	Sync   *census.Sync // the sync of the alert
	Before alerts.State // "": it did not fire; Unknown: it fired, and then could not be evaluated
	After  alerts.Alert
	Again  bool // it fired already, and now fires for another run; only for alerts with EveryTime

	first bool // the first evaluation of the sync
}

// evaluateAlerts evaluates the alerts of s and returns the changes. The first evaluation does not
// report alerts that began to fire before the watcher began.
func (s *watchedSync) evaluateAlerts(now, began time.Time) (changes []AlertChange) {
	first, previous := s.alerts == nil, s.alerts
	s.alerts = make(map[string]alerts.Alert)
	seen := make(map[string]bool)
	report := func(a alerts.Alert, again bool) {
		changes = append(changes, AlertChange{Sync: s.record, Before: previous[a.ID].State, After: a, Again: again, first: first})
	}
	for _, a := range alerts.Of(s.record, s.newestFirst(), s.more, now) {
		before, known := previous[a.ID]
		seen[a.ID] = true
		switch {
		case a.State == alerts.Firing:
			s.alerts[a.ID] = a
			again := known && before.State == alerts.Firing
			switch {
			case first && a.Since.Time().Before(began):
			case !again:
				report(a, false)
			case a.EveryTime && a.Run != nil && (before.Run == nil || before.Run.ID != a.Run.ID):
				report(a, true)
			}
		case known && a.State == alerts.Unknown:
			s.alerts[a.ID] = a
			if before.State != alerts.Unknown {
				report(a, false)
			}
		case known:
			report(a, false)
		}
	}
	reason := "The rule no longer applies."
	if s.record.Paused {
		reason = "The rule does not apply while the sync is paused."
	}
	return append(changes, s.resolveMissing(previous, seen, reason, now)...)
}

// resolveMissing resolves the previous alerts that are not in seen.
func (s *watchedSync) resolveMissing(previous map[string]alerts.Alert, seen map[string]bool, reason string, now time.Time) (changes []AlertChange) {
	for id, a := range previous {
		if !seen[id] {
			before := a.State
			a.State, a.Since, a.Message, a.Value = alerts.Resolved, census.DateTime(now.UnixMilli()), reason, nil
			changes = append(changes, AlertChange{Sync: s.record, Before: before, After: a})
		}
	}
	slices.SortFunc(changes, func(a, b AlertChange) int { return cmp.Compare(a.After.ID, b.After.ID) })
	return changes
}

// PublishAlert sends followers an alert that Census has reported.
func (ws *Watchers) PublishAlert(a alerts.Alert) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	for w := range ws.followers {
		w.mu.Lock()
		if s := w.syncs[a.Sync]; s != nil && w.follows(a.Sync) {
			w.alerts.put(AlertChange{Sync: s.record, After: a})
		}
		w.mu.Unlock()
	}
}

// NextAlert waits for the next change of an alert.
func (f *Follower) NextAlert(ctx context.Context) (AlertChange, error) {
	for {
		c, _, err := f.alerts.wait(ctx, f.nextAlert)
		if err != nil {
			return c, err
		}
		f.nextAlert++
		if old := c.first && c.After.Since.Time().Before(f.began); f.includes(c.Sync.ID) && !old {
			return c, nil
		}
	}
}
