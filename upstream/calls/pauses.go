package calls

import (
	"slices"
	"time"

	"census-gateway/internal/when"
)

const (
	severalThings = 3                // this many answering 429 in a row pause the token
	severalWithin = 10 * time.Second // if they answer within this time
	unnamedPause  = time.Second      // pause of the token after 429s that name no time
	maxLimited    = 128              // things remembered per token; a kilobyte per eight
)

// pauses stop the calls of one token after 429s.
//
// A 429 pauses only what was requested: a sync, a list or a single run. A sync that always
// answers 429 must not slow down the others, however often it is read. If several different
// things answer 429 in a row, with no other answer between them, the whole token is paused.
//
// While the token is paused, things that answered 429 themselves share a separate probe. If
// one of them answers 429 again, the pause does not become longer for the others. If Census
// has answered others meanwhile, that 429 no longer concerns the token.
//
// The zero value pauses nothing. Its user locks it.
type pauses struct {
	things  map[target]*limited // those whose last answer was a 429
	token   pause               // of all calls; limited things use limits instead
	limits  pause
	row     []refusal // by different things, since any other answer
	lastGot time.Time // when the latest call left that got another answer
}

// limited is a thing whose last answer was a 429.
type limited struct {
	pause
	since time.Time // its first 429
	heard time.Time // its last one
}

// A refusal is a 429.
type refusal struct {
	of        target
	at, until time.Time // when it came, and the time it named
}

// left returns how long no call of t may leave; 0: one may now.
func (p *pauses) left(now time.Time, t target) time.Duration {
	thing, of := p.of(t)
	var left time.Duration
	if p.token.active(now) {
		left = of.left(now)
	}
	if thing != nil {
		left = max(left, thing.left(now))
	}
	return left
}

// of returns what is known of t's own 429s (nil: it had none), and the pause that applies to
// it while the token is paused.
func (p *pauses) of(t target) (thing *limited, of *pause) {
	if thing = p.things[t]; thing != nil {
		return thing, &p.limits
	}
	return nil, &p.token
}

// begin records in k that its call leaves now, which left allowed.
func (p *pauses) begin(now time.Time, k *ticket) {
	k.began = now
	thing, of := p.of(k.thing)
	if thing != nil {
		k.own = thing.begin(now)
	}
	if p.token.active(now) {
		k.all = of.begin(now)
	}
}

// end records how the call of k ended. It sets the RetryAfter of a 429 to the time until the
// thing may be requested again; 0 if unknown.
func (p *pauses) end(now time.Time, k ticket, err *Error, h health) {
	probes := [...]*pause{k.own, k.all}
	for _, probe := range probes {
		if probe != nil {
			probe.probing = false
		}
	}
	switch {
	case err != nil && err.Kind == RateLimited:
		p.refused(now, k, err.RetryAfter)
		err.RetryAfter = p.left(now, k.thing)
	case h == healthy:
		p.answered(now, k)
	case h == unhealthy:
		for _, probe := range probes {
			if probe != nil {
				probe.again(now)
			}
		}
	} // otherwise the caller canceled it: another may probe at once
}

// answered records an answer other than a 429.
func (p *pauses) answered(now time.Time, k ticket) {
	if thing := p.things[k.thing]; thing != nil && k.began.After(thing.heard) {
		delete(p.things, k.thing)
	}
	p.lastGot, p.row = when.Later(p.lastGot, k.began), p.row[:0]
	if k.all != nil {
		p.token, p.limits = pause{}, pause{}
	}
}

// refused records a 429 and the time that it names; 0: it names no time.
func (p *pauses) refused(now time.Time, k ticket, named time.Duration) {
	thing := p.things[k.thing]
	if thing == nil {
		thing = p.limit(now, k.thing)
	}
	thing.heard = now
	thing.take(now, named, k.own)
	switch {
	case k.all == &p.limits:
		p.limits.take(now, named, k.all)
		if p.limits.end.Before(p.token.end) { // the latest word, if it is shorter
			p.token.end = p.limits.end
		}
	case k.all != nil:
		p.token.take(now, named, k.all)
		p.limits.next, p.limits.end = p.token.next, p.token.end
	case !p.lastGot.After(thing.since): // otherwise others were answered: the fault is its own
		p.count(now, k.thing, named)
	}
}

// take records a 429 and the time that it names; 0: it names no time. probe is the pause that
// the call probed, or nil.
func (p *pause) take(now time.Time, named time.Duration, probe *pause) {
	switch {
	case named > 0:
		p.heard(now, named, probe != nil)
	case probe != nil:
		p.again(now)
	}
}

// count adds a 429 to the row. If the row is long enough, it pauses the token for the longest
// time that a 429 of the row named.
func (p *pauses) count(now time.Time, t target, named time.Duration) {
	p.row = slices.DeleteFunc(p.row, func(r refusal) bool { return r.of == t || now.Sub(r.at) >= severalWithin })
	if named == 0 {
		named = unnamedPause
	}
	p.row = append(p.row, refusal{of: t, at: now, until: now.Add(named)})
	if len(p.row) < severalThings {
		return
	}
	p.row = slices.Delete(p.row, 0, len(p.row)-severalThings)
	for _, r := range p.row {
		named = max(named, r.until.Sub(now))
	}
	p.token.heard(now, named, false)
	p.limits.heard(now, named, false)
}

// limit begins to remember a thing. If there are too many, the one that was silent longest is
// forgotten.
func (p *pauses) limit(now time.Time, t target) *limited {
	if p.things == nil {
		p.things = make(map[target]*limited)
	}
	if len(p.things) >= maxLimited {
		var oldest target
		for t, thing := range p.things {
			if of := p.things[oldest]; of == nil || thing.heard.Before(of.heard) {
				oldest = t
			}
		}
		delete(p.things, oldest)
	}
	thing := &limited{since: now}
	p.things[t] = thing
	return thing
}

// active reports whether anything is paused.
func (p *pauses) active(now time.Time) bool {
	for _, thing := range p.things {
		if thing.active(now) {
			return true
		}
	}
	return p.token.active(now)
}
