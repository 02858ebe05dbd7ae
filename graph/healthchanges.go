package graph

import (
	"context"
	"slices"
	"time"

	"census-gateway/graph/health"
	"census-gateway/graph/live"
	"census-gateway/upstream/census"
)

// healthChanges sends the current state of each sync, and then the changes.
type healthChanges struct {
	*live.Follower
	from    *lazyLoaders
	states  []health.State // nil: all
	unread  []census.SyncID
	pending []live.HealthChange
	sent    map[census.SyncID]health.State
}

func (l *lazyLoaders) healthChanges(ctx context.Context, ids []census.SyncID, states []health.State) (eventSource, error) {
	c := &healthChanges{from: l, states: states, unread: ids, sent: make(map[census.SyncID]health.State)}
	if ids == nil {
		all, err := allSyncIDs(ctx, l.census)
		if err != nil {
			return nil, err
		}
		c.unread = all
	}
	c.Follower = l.follow(ctx, ids)
	return c, nil
}

func (c *healthChanges) next(ctx context.Context) (any, string, error) {
	for {
		change, err := c.change(ctx)
		if err != nil {
			return nil, "", errSlow(err)
		}
		before, known := c.sent[change.Sync]
		if known && before == change.After.State {
			continue
		}
		c.sent[change.Sync] = change.After.State
		if c.states != nil && !slices.Contains(c.states, change.After.State) && !(known && slices.Contains(c.states, before)) {
			continue
		}
		event := &SyncHealthEvent{Sync: &Sync{ID: change.Sync}, After: &change.After, At: census.DateTime(change.At.UnixMilli())}
		if known {
			event.Before = &before
		}
		return event, "", nil
	}
}

func (c *healthChanges) change(ctx context.Context) (change live.HealthChange, err error) {
	for len(c.pending) == 0 && len(c.unread) > 0 {
		c.readCurrent(ctx)
	}
	if len(c.pending) > 0 {
		change, c.pending = c.pending[0], c.pending[1:]
		return change, nil
	}
	return c.NextHealth(ctx)
}

// readCurrent reads the current states of the next few syncs. A sync that cannot be read is sent
// later, after the watcher has read it.
func (c *healthChanges) readCurrent(ctx context.Context) {
	ids := c.unread[:min(len(c.unread), resumeBatch)]
	c.unread = c.unread[len(ids):]
	within, cancel := context.WithCancel(ctx)
	defer cancel()
	within = withLoaders(within, c.from.census, c.from.options)
	l := loadersOf(within)
	var reading []func()
	for _, id := range ids {
		if h := c.HealthNow(id); h != nil {
			c.pending = append(c.pending, live.HealthChange{Sync: id, After: *h, At: time.Now()})
			continue
		}
		s := &Sync{ID: id}
		got := s.requestRecord(within)
		runs := l.runWindows.load(runWindow{sync: id, window: healthWindow})
		reading = append(reading, func() {
			got()
			e, err := l.healthInput(s, runs)
			if v := newHealthResult(s, e, err); v.err == nil {
				c.pending = append(c.pending, live.HealthChange{Sync: id, After: *v.health, At: time.Now()})
			}
		})
	}
	if len(reading) > 0 {
		l.readRequested()
	}
	for _, f := range reading {
		f()
	}
}
