package calls

import (
	"context"
	"time"
)

// The bounds of the bulkheads, inside of Options.MaxCalls for all together. An
// endpoint that is of no sync leaves as many places as one sync has.
const (
	PerSync  = 8           // calls of one sync at a time
	maxQueue = time.Second // longest wait for a place
)

// MaxCalls is how many calls to Census are made at a time now. Who asks for more at
// once has some of them wait, and fail if that takes too long.
func (c *Caller) MaxCalls() int {
	if c.standing.well() {
		return cap(c.standing.own)
	}
	return cap(c.standing.calm)
}

// MaxRunCalls is how many of these may be for single runs, which are of no sync.
func (c *Caller) MaxRunCalls() int { return c.MaxCalls() - PerSync }

// places are how many calls may be under way; one that has sent to it has one.
type places chan struct{}

// A lane is the places of one target of one token. It is there while somebody
// has a place or waits for one.
type lane struct {
	places places
	users  int // guarded by the standing's lock
}

// lane is t's, of calls places in all, made if need be. It is to be left.
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

// A seat is what one call has of the bulkheads.
type seat struct {
	lane *lane
	own  bool // one of its token's places
	calm bool // one of those that are made while Census is not well
}

// place takes a place in t's lane, then one of the token's and one of all: who waits
// for a sync that hangs keeps none from others. For these it waits for maxQueue at
// most, all together, and leaves when ctx ends; ok tells whether it has them.
//
// While Census is not well it takes one of the fewer that there are then, before one
// of all, and waits for that as long as ctx goes on: an operation that began when
// there were more is slowed down and need not fail. How many wait so, the token's
// places bound.
func (g *gates) place(ctx context.Context, s *standing, t target) (has seat, ok bool) {
	var patience *time.Timer // nil: has not had to wait
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

// free gives back what place took.
func (g *gates) free(s *standing, t target, has seat) {
	<-g.all
	g.leave(s, t, has)
}

// leave is free for who has no place of all.
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
