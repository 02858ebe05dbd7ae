package calls

import (
	"context"
	"time"
)

// The limits of the bulkheads. Options.MaxCalls limits all calls together. An endpoint that
// names no sync leaves as many places free as one sync may use.
const (
	PerSync  = 8           // concurrent calls of one sync
	maxQueue = time.Second // longest wait for a place
)

// MaxCalls returns how many calls to Census may be under way at once now. Further calls wait
// for a place, and fail if the wait is too long.
func (c *Caller) MaxCalls() int {
	if c.standing.well() {
		return cap(c.standing.own)
	}
	return cap(c.standing.calm)
}

// MaxRunCalls returns how many of these calls may fetch single runs, whose sync is unknown.
func (c *Caller) MaxRunCalls() int { return c.MaxCalls() - PerSync }

// places limits the calls under way: a call holds a place by sending to the channel.
type places chan struct{}

// A lane holds the places of one target of one token. It exists while a call has a place or
// waits for one.
type lane struct {
	places places
	users  int // guarded by the standing's lock
}

// lane returns the lane of t, and makes it if needed, with calls places for all targets. The
// caller must leave it.
func (s *standing) lane(t target, calls int) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lanes[t]
	if l == nil {
		n := calls - PerSync
		if t.id != 0 {
			n = PerSync
		}
		l = &lane{places: make(places, n)}
		s.lanes[t] = l
	}
	l.users++
	return l
}

func (s *standing) leaveLane(t target, l *lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(s.lanes, t)
	}
}

// A seat is the places that one call holds in the bulkheads.
type seat struct {
	lane *lane
	own  bool // a place of its token
	calm bool // a place among those used while Census is unhealthy
}

// place takes a place in t's lane, then one of the token's, then one of the shared places. In
// this order, calls that wait for a hanging sync hold no place that others need. The wait for
// the shared places lasts at most maxQueue in total, and ends with ctx; ok reports success.
//
// While Census is unhealthy, fewer calls may run. place then takes one of these fewer places
// before a shared place, and waits for it until ctx ends. An operation that began with more
// places is slowed down and does not fail. The token's places limit the number that wait.
func (g *gates) place(ctx context.Context, s *standing, t target) (has seat, ok bool) {
	var patience *time.Timer // nil: it has not waited yet
	take := func(p places) bool {
		select {
		case p <- struct{}{}:
			return true
		default:
		}
		if patience == nil {
			patience = time.NewTimer(maxQueue)
		}
		select {
		case p <- struct{}{}:
			return true
		case <-patience.C:
		case <-ctx.Done():
		}
		return false
	}
	defer func() {
		if patience != nil {
			patience.Stop()
		}
	}()
	has.lane = s.lane(t, cap(s.own))
	if !take(has.lane.places) {
		s.leaveLane(t, has.lane)
		return has, false
	}
	has.own = take(s.own)
	ok = has.own
	if ok && !s.well() {
		select {
		case s.calm <- struct{}{}:
			has.calm = true
		case <-ctx.Done():
		}
		ok = has.calm
		if patience != nil {
			patience.Reset(maxQueue)
		}
	}
	if ok = ok && take(g.all); !ok {
		g.leave(s, t, has)
	}
	return has, ok
}

// free returns the places that place took.
func (g *gates) free(s *standing, t target, has seat) {
	<-g.all
	g.leave(s, t, has)
}

// leave is free for a call without a shared place.
func (g *gates) leave(s *standing, t target, has seat) {
	if has.calm {
		<-s.calm
	}
	if has.own {
		<-s.own
	}
	<-has.lane.places
	s.leaveLane(t, has.lane)
}
