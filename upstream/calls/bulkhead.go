package calls

import (
	"context"
	"time"
)

// lane returns the lane of t, and makes it if needed, with calls slots for all targets. The
// caller must release it.
func (s *standing) lane(t target, calls int) *lane {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.lanes[t]
	if l == nil {
		n := calls - PerSync
		if t.id != 0 {
			n = PerSync
		}
		l = &lane{slots: make(slots, n)}
		s.lanes[t] = l
	}
	l.users++
	return l
}

func (s *standing) releaseLane(t target, l *lane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.users--; l.users == 0 {
		delete(s.lanes, t)
	}
}

// heldSlots are the slots that one call holds in the bulkheads.
type heldSlots struct {
	lane    *lane
	token   bool // a slot of its token
	reduced bool // one of the slots used while Census is unhealthy
}

// acquire takes a slot in t's lane, then one of the token's, then one of the shared slots. In
// this order, calls that wait for a hanging sync hold no slot that others need. The wait for
// the shared slots lasts at most maxQueue in total, and ends with ctx; ok reports success.
//
// While Census is unhealthy, fewer calls may run. acquire then takes one of these fewer slots
// before a shared slot, and waits for it until ctx ends. An operation that began with more
// slots is slowed down and does not fail. The token's slots limit the number that wait.
func (g *gates) acquire(ctx context.Context, s *standing, t target) (has heldSlots, ok bool) {
	var limit *time.Timer // nil: it has not waited yet
	take := func(p slots) bool {
		select {
		case p <- struct{}{}:
			return true
		default:
		}
		if limit == nil {
			limit = time.NewTimer(maxQueue)
		}
		select {
		case p <- struct{}{}:
			return true
		case <-limit.C:
		case <-ctx.Done():
		}
		return false
	}
	defer func() {
		if limit != nil {
			limit.Stop()
		}
	}()
	has.lane = s.lane(t, cap(s.token))
	if !take(has.lane.slots) {
		s.releaseLane(t, has.lane)
		return has, false
	}
	has.token = take(s.token)
	ok = has.token
	if ok && !s.isHealthy() {
		select {
		case s.reduced <- struct{}{}:
			has.reduced = true
		case <-ctx.Done():
		}
		ok = has.reduced
		if limit != nil {
			limit.Reset(maxQueue)
		}
	}
	if ok = ok && take(g.all); !ok {
		g.releaseOwn(s, t, has)
	}
	return has, ok
}

// release returns the slots that acquire took.
func (g *gates) release(s *standing, t target, has heldSlots) {
	<-g.all
	g.releaseOwn(s, t, has)
}

// releaseOwn is release for a call without a shared slot.
func (g *gates) releaseOwn(s *standing, t target, has heldSlots) {
	if has.reduced {
		<-s.reduced
	}
	if has.token {
		<-s.token
	}
	<-has.lane.slots
	s.releaseLane(t, has.lane)
}
