package upstream

import (
	"context"
	"time"
)

// The bounds of the bulkheads, inside of Options.MaxCalls for all together. An
// endpoint that is of no sync leaves as many places as one sync has.
const (
	perSync  = 8           // calls of one sync at a time
	maxQueue = time.Second // longest wait for a place
)

// MaxCalls is how many calls to Census are made at a time. Who asks for more at
// once has some of them wait, and fail if that takes too long.
func (c *Client) MaxCalls() int { return cap(c.gates.all) }

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
		n := calls - perSync
		if t.id != 0 {
			n = perSync
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

// place takes a place in t's lane and then one of all: who waits for a sync that
// hangs keeps none from others. It waits for maxQueue at most, for both together,
// and leaves when ctx ends; ok tells whether it has them.
func (g *gates) place(ctx context.Context, s *standing, t target) (l *lane, ok bool) {
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
	l = s.lane(t, cap(g.all))
	if !take(l.places) {
		s.leaveLane(t, l)
		return nil, false
	}
	if !take(g.all) {
		<-l.places
		s.leaveLane(t, l)
		return nil, false
	}
	return l, true
}

// free gives back what place took.
func (g *gates) free(s *standing, t target, l *lane) {
	<-g.all
	<-l.places
	s.leaveLane(t, l)
}
