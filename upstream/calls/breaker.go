package calls

import "time"

// The numbers of the breaker.
const (
	breakerCalls   = 20              // exchanges in ten seconds below which nothing is concluded
	breakerShare   = 2               // it opens when one exchange in so many fails
	breakerBlame   = 7               // failures of one target that count
	breakerOpenFor = 5 * time.Second // until a probe; a hanging Census takes a probe as long
	breakerProbing = time.Second     // what callers are told to wait for while a probe is under way
)

// A target is what the failure of a call is blamed on: a sync with its runs, or
// where no one sync is asked for an endpoint. The zero value is none.
type target struct {
	endpoint Endpoint
	id       int64
}

func (e Endpoint) target(id int64) target {
	switch e {
	case FetchSync, ListSyncRuns:
		return target{FetchSync, id}
	}
	return target{endpoint: e} // which sync a single run is of shows in its answer only
}

// thing is what a 429 to a call pauses: its target, but of single runs each by itself.
func (e Endpoint) thing(id int64) target {
	if e == FetchSyncRun {
		return target{e, id}
	}
	return e.target(id)
}

// health is what an exchange tells of Census: something that answers, be it a
// refusal, is up.
type health uint8

const (
	unknownHealth health = iota
	healthy
	unhealthy
)

// healthOf reads an exchange's error, nil if it had none: 5xx, timeouts and
// broken connections are failures of Census. hurried says that the caller left it
// too little time to conclude anything from a timeout.
func healthOf(err *Error, hurried bool) health {
	switch {
	case err == nil:
		return healthy
	case err.Kind == Unavailable, err.Kind == Timeout && !hurried:
		return unhealthy
	case err.Kind == Timeout, err.Kind == Canceled, err.Kind == Internal:
		return unknownHealth
	}
	return healthy
}

// A breaker stops the calls to a Census that fails at large: it opens when half
// of at least 20 exchanges of the last ten seconds failed. After five seconds one
// call is let through as a probe, whose end decides.
//
// One sync that Census chokes on must not close the door to the others, however
// often it is asked for. So of one target breakerBlame failures are counted, less
// than half of breakerCalls; of the target that failed most all but one are left
// out again when it comes to the share, so that the others must be failing too;
// and whose probe failed leaves the next one to others for five seconds. The
// price is that the breaker never opens where only one or two targets are asked
// for. The bulkhead bounds what that costs.
//
// The zero value is closed. Its user locks it.
type breaker struct {
	recent  recent
	until   time.Time // while open, when a probe may leave; zero: closed
	probing bool      // a probe is under way
	failed  target    // whose probe failed last; zero: none has since it opened
	turn    int       // goes up as it opens or closes: ends of earlier exchanges tell nothing new
}

// A ticket is of an exchange that the breaker and the pauses let through.
type ticket struct {
	target target
	turn   int
	probe  bool

	thing    target // what a 429 pauses
	began    time.Time
	own, all *pause // whose probe it is: that of thing, and that of the token; nil: of none
}

// refuses is for how long no call of t may leave; 0: one may now.
func (b *breaker) refuses(now time.Time, t target) time.Duration {
	from := b.until
	if t == b.failed {
		from = from.Add(breakerOpenFor)
	}
	switch {
	case b.until.IsZero():
		return 0
	case now.Before(from):
		return from.Sub(now)
	case b.probing:
		return breakerProbing
	}
	return 0
}

// begin notes that an exchange begins, which refuses has not refused.
func (b *breaker) begin(t target) ticket {
	b.probing = !b.until.IsZero()
	return ticket{target: t, turn: b.turn, probe: b.probing}
}

// end takes what the exchange of a ticket told.
func (b *breaker) end(now time.Time, k ticket, h health) {
	switch {
	case k.turn != b.turn:
	case k.probe && h == healthy:
		*b = breaker{turn: b.turn + 1}
	case k.probe && h == unhealthy:
		b.open(now, k.target)
	case k.probe: // it was called back: another may go at once
		b.probing = false
	case h == healthy:
		b.recent.now(now).all++
	case h == unhealthy && b.blame(now, k.target):
		b.open(now, target{})
	}
}

// blame counts a failure of t, and tells whether that makes too many.
func (b *breaker) blame(now time.Time, t target) bool {
	of := b.recent.blamed(now)
	if of[t] >= breakerBlame {
		return false
	}
	s := b.recent.now(now)
	if s.of == nil {
		s.of = make(map[target]int)
	}
	s.all, s.bad, s.of[t] = s.all+1, s.bad+1, s.of[t]+1
	of[t]++
	most := 0
	for _, n := range of {
		most = max(most, n)
	}
	all, bad := b.recent.sum(now)
	return all >= breakerCalls && (bad-most+1)*breakerShare >= all-most+1
}

func (b *breaker) open(now time.Time, failed target) {
	*b = breaker{until: now.Add(breakerOpenFor), failed: failed, turn: b.turn + 1}
}
