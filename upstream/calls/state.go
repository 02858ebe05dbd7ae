package calls

import "time"

// A State describes what blocks calls at the moment.
type State struct {
	OpenBreakers  int // tokens whose breaker is open, because Census fails
	PausedTokens  int // tokens paused by 429s
	PausedTargets int // syncs, lists and single runs, of any token, paused by their own 429s
}

// State returns the state of all remembered tokens. It changes nothing.
func (c *Caller) State() State {
	var state State
	now := time.Now()
	for _, s := range c.gates.standings.all() {
		s.mu.Lock()
		if !s.breaker.until.IsZero() {
			state.OpenBreakers++
		}
		if s.pauses.token.active(now) {
			state.PausedTokens++
		}
		for _, limited := range s.pauses.limited {
			if limited.active(now) {
				state.PausedTargets++
			}
		}
		s.mu.Unlock()
	}
	return state
}

// all returns the standings of all tokens.
func (ss *standings) all() []*standing {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	all := make([]*standing, 0, len(ss.of))
	for _, s := range ss.of {
		all = append(all, s)
	}
	return all
}
