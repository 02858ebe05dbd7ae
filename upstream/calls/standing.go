package calls

import (
	"sync"
	"sync/atomic"
	"time"
)

// The bounds of what is remembered of tokens. A standing takes about a
// kilobyte; callers may bring any number of tokens.
const (
	maxStandings = 4096
	evictAmong   = 16 // standings looked at to find one to forget
)

// A standing is what Census's answers to one token tell of that token's calls to
// come. All clients of the token share it.
type standing struct {
	mu      sync.Mutex
	pauses  pauses
	breaker breaker
	lanes   map[target]*lane
	ill     time.Time // when Census last failed, or wanted fewer calls of the token; zero: never
	used    time.Time // when a call last began, or a client was made

	own  places // calls under way, and those that wait for a place while Census is not well
	calm places // those of them that began while Census was not well

	budget budget // locks itself
	root   root   // the same

	notes any // what the caller's user notes of the token

	shelf atomic.Int64 // names what is kept of the token; after a 401 another does
}

// shelves counts the names of shelves. None is given twice, so that what was kept of
// a token is not found again after it was rejected, or forgotten.
var shelves atomic.Int64

// look is for how long a 429 keeps calls of a thing, and for how long the breaker does
// those of t; 0 and 0: one may leave.
func (s *standing) look(t, thing target) (paused, open time.Duration) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pauses.left(now, thing), s.breaker.refuses(now, t)
}

// illFor is for how long Census is spared after it has failed or asked for fewer calls.
const illFor = 10 * time.Second

// well tells whether Census has neither failed of late nor wanted fewer calls.
func (s *standing) well() bool {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ill.IsZero() || now.Sub(s.ill) >= illFor
}

// begin has an exchange of t begin, unless look would say otherwise.
func (s *standing) begin(t, thing target) (k ticket, ok bool) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pauses.left(now, thing) > 0 || s.breaker.refuses(now, t) > 0 {
		return k, false
	}
	s.used = now
	k = s.breaker.begin(t)
	k.thing = thing
	s.pauses.begin(now, &k)
	return k, true
}

// end takes in how the exchange ended: with err, or with an answer if that is
// nil.
func (s *standing) end(k ticket, err *Error, h health) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pauses.end(now, k, err, h)
	if h == unhealthy || err != nil && err.Kind == RateLimited && s.pauses.token.active(now) {
		s.ill = now
	}
	if err != nil && err.Kind == Unauthenticated {
		s.shelf.Store(shelves.Add(1))
	}
	s.breaker.end(now, k, h)
}

// matters tells since when s is unused, and whether forgetting it would let
// calls through that it keeps, or over its bulkheads.
func (s *standing) matters(now time.Time) (used time.Time, matters bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used, len(s.lanes) > 0 || s.pauses.active(now) || !s.breaker.until.IsZero()
}

// standings are those of all tokens at one Census. Of more than maxStandings
// those long unused are forgotten.
type standings struct {
	own, calm int        // places of each
	notes     func() any // of a new one
	mu        sync.Mutex
	of        map[string]*standing // by tenant; never by token
}

// get is the tenant's standing, a new one if it is not known.
func (ss *standings) get(tenant string) *standing {
	now := time.Now()
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.of[tenant]
	if s == nil {
		if len(ss.of) >= maxStandings {
			ss.evict(now)
		}
		s = &standing{lanes: make(map[target]*lane), own: make(places, ss.own), calm: make(places, ss.calm), notes: ss.notes()}
		s.shelf.Store(shelves.Add(1))
		ss.of[tenant] = s
	}
	s.mu.Lock()
	s.used = now
	s.mu.Unlock()
	return s
}

// evict forgets the longest unused of some standings; of them, one that matters
// only if all do.
func (ss *standings) evict(now time.Time) {
	var worst string
	var since time.Time
	kept, n := true, 0
	for tenant, s := range ss.of { // begins anywhere
		used, matters := s.matters(now)
		if n == 0 || kept && !matters || kept == matters && used.Before(since) {
			worst, since, kept = tenant, used, matters
		}
		if n++; n == evictAmong {
			break
		}
	}
	delete(ss.of, worst)
}
