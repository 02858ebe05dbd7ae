package calls

import "time"

// The numbers of the breaker.
const (
	breakerCalls         = 20              // exchanges in ten seconds needed for a conclusion
	breakerShare         = 2               // it opens when one exchange in this many fails
	maxFailuresPerTarget = 7               // failures counted per target
	breakerOpenFor       = 5 * time.Second // until a probe; also how long a probe of a hanging Census takes
	breakerProbing       = time.Second     // RetryAfter while a probe is under way
)

// health is what an exchange shows about Census. A refusal is still an answer: Census is up.
type health uint8

const (
	unknownHealth health = iota
	healthy
	unhealthy
)

// healthOf classifies an exchange by its error, or nil. Status 5xx, timeouts and broken
// connections are failures of Census. shortOfTime means that the caller left too little time, so
// that a timeout shows nothing.
func healthOf(err *Error, shortOfTime bool) health {
	switch {
	case err == nil:
		return healthy
	case err.Kind == Unavailable, err.Kind == Timeout && !shortOfTime:
		return unhealthy
	case err.Kind == Timeout, err.Kind == Canceled, err.Kind == Internal:
		return unknownHealth
	}
	return healthy
}

// A breaker stops calls while Census fails in general. It opens when half of at least 20
// exchanges in the last ten seconds failed. After five seconds it lets one call through as a
// probe, whose result decides.
//
// A single sync that always fails must not block the others, however often it is read. The
// breaker therefore limits the weight of one target:
//
//  1. It counts at most maxFailuresPerTarget failures of a target: less than half of breakerCalls.
//  2. For the share, it ignores all but one failure of the target that failed most, so that
//     others must fail too.
//  3. After a failed probe, it leaves the next probe to other targets for five seconds.
//
// As a consequence, the breaker never opens while callers read only one or two targets. The
// bulkhead limits the cost of that.
//
// The zero value is closed. Its user locks it.
type breaker struct {
	recent      recent
	until       time.Time // while open, when a probe may start; zero: closed
	probing     bool      // a probe is under way
	failedProbe target    // target of the last failed probe; zero: none since it opened
	generation  int       // rises when it opens or closes; earlier exchanges then no longer matter
}

// A ticket belongs to an exchange that the breaker and the pauses let through.
type ticket struct {
	target     target
	generation int
	probe      bool

	pauseTarget target // paused by a 429
	began       time.Time
	own, all    *pause // the pauses it probes: of the pause target and of the token; nil: it is not a probe
}

// wait returns how long no call of t may start; 0: one may now.
func (b *breaker) wait(now time.Time, t target) time.Duration {
	from := b.until
	if t == b.failedProbe {
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

// begin records the start of an exchange that wait allowed.
func (b *breaker) begin(t target) ticket {
	b.probing = !b.until.IsZero()
	return ticket{target: t, generation: b.generation, probe: b.probing}
}

// end records the result of the exchange of a ticket.
func (b *breaker) end(now time.Time, k ticket, h health) {
	switch {
	case k.generation != b.generation:
	case k.probe && h == healthy:
		*b = breaker{generation: b.generation + 1}
	case k.probe && h == unhealthy:
		b.open(now, k.target)
	case k.probe: // the caller canceled it: another probe may start at once
		b.probing = false
	case h == healthy:
		b.recent.current(now).all++
	case h == unhealthy && b.countFailure(now, k.target):
		b.open(now, target{})
	}
}

// countFailure counts a failure of t. It reports whether t now has too many.
func (b *breaker) countFailure(now time.Time, t target) bool {
	of := b.recent.badByTarget(now)
	if of[t] >= maxFailuresPerTarget {
		return false
	}
	s := b.recent.current(now)
	if s.badBy == nil {
		s.badBy = make(map[target]int)
	}
	s.all, s.bad, s.badBy[t] = s.all+1, s.bad+1, s.badBy[t]+1
	of[t]++
	most := 0
	for _, n := range of {
		most = max(most, n)
	}
	all, bad := b.recent.sum(now)
	return all >= breakerCalls && (bad-most+1)*breakerShare >= all-most+1
}

func (b *breaker) open(now time.Time, failed target) {
	*b = breaker{until: now.Add(breakerOpenFor), failedProbe: failed, generation: b.generation + 1}
}
