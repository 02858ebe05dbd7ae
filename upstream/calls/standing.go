package calls

import (
	"sync"
	"sync/atomic"
	"time"
)

// The limits of what is remembered of tokens. A standing takes about a kilobyte, and callers
// may bring any number of tokens.
const (
	maxStandings = 4096
	evictAmong   = 16 // standings searched for one to forget
)

// A standing is what Census's answers to one token mean for that token's next calls. All
// clients of the token share it.
type standing struct {
	mu          sync.Mutex
	pauses      pauses
	breaker     breaker
	lanes       map[target]*lane
	unhealthyAt time.Time // when Census last failed, or answered 429 to the token; zero: never
	used        time.Time // when a call last began, or a client was made

	token   slots // calls under way, and those that wait for a slot while Census is unhealthy
	reduced slots // those that began while Census was unhealthy

	budget budget   // locks itself
	root   rootList // locks itself

	facts any // made by Options.Facts for the token

	shelf    atomic.Int64 // number under which answers to the token are cached; a 401 changes it
	rejected atomic.Int64 // when a 401 last came, in ns since 1970; 0: never
}

// shelves counts the numbers of shelves. No number is reused, so that answers cached for a
// token are not found after it was rejected or forgotten.
var shelves atomic.Int64

// slots limits the calls under way: a call holds a slot by sending to the channel.
type slots chan struct{}

// A lane holds the slots of one target of one token. It exists while a call has a slot or
// waits for one.
type lane struct {
	slots slots
	users int // guarded by the standing's lock
}

// wait returns how long a 429 pauses calls of pauseTarget, and how long the breaker stops those of
// t; 0 and 0: one may start.
func (s *standing) wait(t, pauseTarget target) (paused, open time.Duration) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pauses.wait(now, pauseTarget), s.breaker.wait(now, t)
}

// unhealthyFor is how long fewer calls are made after Census failed or answered 429.
const unhealthyFor = 10 * time.Second

// isHealthy reports whether Census is healthy: neither failures nor 429s in the last unhealthyFor.
func (s *standing) isHealthy() bool {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unhealthyAt.IsZero() || now.Sub(s.unhealthyAt) >= unhealthyFor
}

// begin starts an exchange of t, unless the result of wait has changed.
func (s *standing) begin(t, pauseTarget target) (k ticket, ok bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pauses.wait(now, pauseTarget) > 0 || s.breaker.wait(now, t) > 0 {
		return k, false
	}
	s.used = now
	k = s.breaker.begin(t)
	k.pauseTarget = pauseTarget
	s.pauses.begin(now, &k)
	return k, true
}

// end records how the exchange ended: with err, or with an answer if err is nil. It returns what to
// report to other gateways.
func (s *standing) end(k ticket, err *Error, h health) []Throttle {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	tokenEnd, limited, named := s.pauses.token.end, false, time.Duration(0)
	if err != nil && err.Kind == RateLimited {
		limited, named = true, err.RetryAfter
	}
	s.pauses.end(now, k, err, h)
	if h == unhealthy || err != nil && err.Kind == RateLimited && s.pauses.token.active(now) {
		s.unhealthyAt = now
	}
	if err != nil && err.Kind == Unauthenticated {
		s.shelf.Store(shelves.Add(1))
		s.rejected.Store(now.UnixNano())
	}
	s.breaker.end(now, k, h)
	return s.pauses.throttlesAfter(now, k, limited, named, tokenEnd)
}

// inUse returns when s was last used. It reports whether forgetting s would admit calls that
// it stops, or exceed its bulkheads.
func (s *standing) inUse(now time.Time) (used time.Time, inUse bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used, len(s.lanes) > 0 || s.pauses.active(now) || !s.breaker.until.IsZero()
}

// standings are those of all tokens at one Census. Over maxStandings, those unused for long
// are forgotten.
type standings struct {
	perToken, reduced int                    // slots per token
	facts             func(token string) any // makes the facts of a new one
	mu                sync.Mutex
	of                map[string]*standing // by tenant; never by token
}

// get returns the standing of a token, which has the name tenant; a new one if it is unknown.
func (ss *standings) get(tenant, token string) *standing {
	now := time.Now()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.of[tenant]
	if s == nil {
		if len(ss.of) >= maxStandings {
			ss.evict(now)
		}
		s = &standing{lanes: make(map[target]*lane), token: make(slots, ss.perToken), reduced: make(slots, ss.reduced), facts: ss.facts(token)}
		s.shelf.Store(shelves.Add(1))
		ss.of[tenant] = s
	}
	s.mu.Lock()
	s.used = now
	s.mu.Unlock()
	return s
}

// evict forgets the longest unused of some standings. It prefers standings that are not in use.
func (ss *standings) evict(now time.Time) {
	var worst string
	var since time.Time
	kept, n := true, 0
	for tenant, s := range ss.of { // begins anywhere
		used, inUse := s.inUse(now)
		if n == 0 || kept && !inUse || kept == inUse && used.Before(since) {
			worst, since, kept = tenant, used, inUse
		}
		if n++; n == evictAmong {
			break
		}
	}
	delete(ss.of, worst)
}
