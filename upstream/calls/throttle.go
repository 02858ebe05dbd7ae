package calls

import "time"

// A Throttle is a 429, or what 429s mean for a token, as one gateway tells it to others.
type Throttle struct {
	Tenant   string        // the token, as Name returns it
	Endpoint Endpoint      // of the call that was answered 429; "": all calls of the token are paused
	ID       int64         // of that call
	For      time.Duration // the time that Census named; 0: none. Of a token: how long it is paused; 0: no longer
}

// throttles returns what to tell others after an exchange ended with a 429 that named a time, or
// with any other answer. tokenEnd is when the pause of the token ended before.
func (s *standing) throttles(now time.Time, k ticket, limited bool, named time.Duration, tokenEnd time.Time) (told []Throttle) {
	if limited {
		told = append(told, Throttle{Endpoint: k.thing.endpoint, ID: k.thing.id, For: named})
	}
	switch end := s.pauses.token.end; {
	case end.After(tokenEnd):
		told = append(told, Throttle{For: end.Sub(now)})
	case end.IsZero() && !tokenEnd.IsZero():
		told = append(told, Throttle{})
	}
	return told
}

// Throttled obeys what another gateway tells of a token, if calls with it were made here.
func (c *Caller) Throttled(t Throttle) {
	c.gates.standings.mu.Lock()
	s := c.gates.standings.of[t.Tenant]
	c.gates.standings.mu.Unlock()
	if s == nil {
		return
	}
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case t.Endpoint != "":
		s.pauses.refused(now, ticket{thing: target{t.Endpoint, t.ID}}, t.For)
	case t.For <= 0:
		s.pauses.token, s.pauses.limits = pause{}, pause{}
	default:
		s.pauses.token.heard(now, t.For, false)
		s.pauses.limits.heard(now, t.For, false)
	}
	if s.pauses.token.active(now) {
		s.ill = now
	}
}
