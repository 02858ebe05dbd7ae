package graph

import (
	"context"
	"slices"
	"time"

	"census-gateway/graph/health"
	"census-gateway/graph/live"
	"census-gateway/upstream/census"
)

// healthChanges sends the current states of syncs, and then their changes.
type healthChanges struct {
	*live.Follower
	from   *lazyLoaders
	states []health.State // nil for all
	first  []census.SyncID
	found  []live.HealthChange
	told   map[census.SyncID]health.State
}

func (l *lazyLoaders) healthChanges(ctx context.Context, ids []census.SyncID, states []health.State) (source, error) {
	c := &healthChanges{from: l, states: states, first: ids, told: make(map[census.SyncID]health.State)}
	if ids == nil {
		all, err := everyone(ctx, l.census)
		if err != nil {
			return nil, err
		}
		c.first = all
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
		before, known := c.told[change.Sync]
		if known && before == change.After.State {
			continue
		}
		c.told[change.Sync] = change.After.State
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
	for len(c.found) == 0 && len(c.first) > 0 {
		c.stand(ctx)
	}
	if len(c.found) > 0 {
		change, c.found = c.found[0], c.found[1:]
		return change, nil
	}
	return c.NextHealth(ctx)
}

// stand finds the current states of the next syncs. If one cannot be read, it is sent after the
// watcher has read it.
func (c *healthChanges) stand(ctx context.Context) {
	ids := c.first[:min(len(c.first), atOnce)]
	c.first = c.first[len(ids):]
	within, cancel := context.WithTimeout(ctx, c.from.options.Timeout)
	defer cancel()
	within = withLoaders(within, c.from.census, c.from.options)
	l := loadersOf(within)
	var reading []func()
	for _, id := range ids {
		if h := c.HealthNow(id); h != nil {
			c.found = append(c.found, live.HealthChange{Sync: id, After: *h, At: time.Now()})
			continue
		}
		s := &Sync{ID: id}
		got := s.ask(within)
		runs := l.slices.ask(stretch{sync: id, window: judged})
		reading = append(reading, func() {
			got()
			e, err := l.evidence(s, runs)
			if v := pass(s, e, err); v.err == nil {
				c.found = append(c.found, live.HealthChange{Sync: id, After: *v.health, At: time.Now()})
			}
		})
	}
	if len(reading) > 0 {
		l.read()
	}
	for _, f := range reading {
		f()
	}
}
