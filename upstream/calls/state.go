package calls

import "time"

// A State is what keeps calls from leaving now.
type State struct {
	Open   int // tokens whose breaker is open, for Census fails
	Paused int // tokens that 429s pause
	Things int // syncs, lists and single runs, of any token, that one of their own pauses
}

// State looks at all tokens that are remembered. It changes nothing.
func (c *Caller) State() State {
	var state State
	now := time.Now()
	for _, s := range c.gates.standings.all() {
		s.mu.Lock()
		if !s.breaker.until.IsZero() {
			state.Open++
		}
		if s.pauses.token.active(now) {
			state.Paused++
		}
		for _, thing := range s.pauses.things {
			if thing.active(now) {
				state.Things++
			}
		}
		s.mu.Unlock()
	}
	return state
}

// all are the standings of all tokens.
func (ss *standings) all() []*standing {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	all := make([]*standing, 0, len(ss.of))
	for _, s := range ss.of {
		all = append(all, s)
	}
	return all
}
