package calls

import (
	"slices"
	"time"

	"census-gateway/internal/when"
)

const (
	streakLength = 3                // this many targets answering 429 in a row pause the token
	streakPeriod = 10 * time.Second // if they answer within this time
	unnamedPause = time.Second      // pause of the token after 429s that name no time
	maxLimited   = 128              // targets remembered per token; a kilobyte per eight
)

// pauses stop the calls of one token after 429s.
//
// A 429 pauses only what was requested: a sync, a list or a single run. A sync that always
// answers 429 must not slow down the others, however often it is read. If several different
// targets answer 429 in a row, with no other answer between them, the whole token is paused.
//
// While the token is paused, targets that answered 429 themselves share a separate probe. If
// one of them answers 429 again, the pause does not become longer for the others. If Census
// has answered others meanwhile, that 429 no longer concerns the token.
//
// The zero value pauses nothing. Its user locks it.
type pauses struct {
	limited      map[target]*limitedTarget // those whose last answer was a 429
	token        pause                     // of all calls; limited targets use limitedToken instead
	limitedToken pause
	streak       []limitedAnswer // by different targets, since any other answer
	lastAnswered time.Time       // when the latest call started that got another answer
}

// A limitedTarget is one whose last answer was a 429.
type limitedTarget struct {
	pause
	first  time.Time // its first 429
	latest time.Time // its last one
}

// A limitedAnswer is a 429.
type limitedAnswer struct {
	target    target
	at, until time.Time // when it came, and the time it named
}

// wait returns how long no call of t may start; 0: one may now.
func (p *pauses) wait(now time.Time, t target) time.Duration {
	limited, of := p.pauseOf(t)
	var left time.Duration
	if p.token.active(now) {
		left = of.wait(now)
	}
	if limited != nil {
		left = max(left, limited.wait(now))
	}
	return left
}

// pauseOf returns what is known of t's own 429s (nil: it had none), and the pause that applies to
// it while the token is paused.
func (p *pauses) pauseOf(t target) (limited *limitedTarget, of *pause) {
	if limited = p.limited[t]; limited != nil {
		return limited, &p.limitedToken
	}
	return nil, &p.token
}

// begin records in k that its call starts now, which wait allowed.
func (p *pauses) begin(now time.Time, k *ticket) {
	k.began = now
	limited, of := p.pauseOf(k.pauseTarget)
	if limited != nil {
		k.own = limited.begin(now)
	}
	if p.token.active(now) {
		k.all = of.begin(now)
	}
}

// end records how the call of k ended. It sets the RetryAfter of a 429 to the time until the
// target may be requested again; 0 if unknown.
func (p *pauses) end(now time.Time, k ticket, err *Error, h health) {
	probes := [...]*pause{k.own, k.all}
	for _, probe := range probes {
		if probe != nil {
			probe.probing = false
		}
	}
	switch {
	case err != nil && err.Kind == RateLimited:
		p.rateLimited(now, k, err.RetryAfter)
		err.RetryAfter = p.wait(now, k.pauseTarget)
	case h == healthy:
		p.answered(now, k)
	case h == unhealthy:
		for _, probe := range probes {
			if probe != nil {
				probe.postponeProbe(now)
			}
		}
	} // otherwise the caller canceled it: another may probe at once
}

// answered records an answer other than a 429.
func (p *pauses) answered(now time.Time, k ticket) {
	if limited := p.limited[k.pauseTarget]; limited != nil && k.began.After(limited.latest) {
		delete(p.limited, k.pauseTarget)
	}
	p.lastAnswered, p.streak = when.Later(p.lastAnswered, k.began), p.streak[:0]
	if k.all != nil {
		p.token, p.limitedToken = pause{}, pause{}
	}
}

// rateLimited records a 429 and the time that it names; 0: it names no time.
func (p *pauses) rateLimited(now time.Time, k ticket, named time.Duration) {
	limited := p.limited[k.pauseTarget]
	if limited == nil {
		limited = p.addLimited(now, k.pauseTarget)
	}
	limited.latest = now
	limited.rateLimited(now, named, k.own)
	switch {
	case k.all == &p.limitedToken:
		p.limitedToken.rateLimited(now, named, k.all)
		if p.limitedToken.end.Before(p.token.end) { // the latest word, if it is shorter
			p.token.end = p.limitedToken.end
		}
	case k.all != nil:
		p.token.rateLimited(now, named, k.all)
		p.limitedToken.next, p.limitedToken.end = p.token.next, p.token.end
	case !p.lastAnswered.After(limited.first): // otherwise others were answered: the fault is its own
		p.addToStreak(now, k.pauseTarget, named)
	}
}

// addToStreak adds a 429 to the streak. If it is long enough, it pauses the token for the longest
// time that a 429 of the streak named.
func (p *pauses) addToStreak(now time.Time, t target, named time.Duration) {
	p.streak = slices.DeleteFunc(p.streak, func(r limitedAnswer) bool { return r.target == t || now.Sub(r.at) >= streakPeriod })
	if named == 0 {
		named = unnamedPause
	}
	p.streak = append(p.streak, limitedAnswer{target: t, at: now, until: now.Add(named)})
	if len(p.streak) < streakLength {
		return
	}
	p.streak = slices.Delete(p.streak, 0, len(p.streak)-streakLength)
	for _, r := range p.streak {
		named = max(named, r.until.Sub(now))
	}
	p.token.extend(now, named, false)
	p.limitedToken.extend(now, named, false)
}

// addLimited begins to remember a target. If there are too many, the one that was silent longest is
// forgotten.
func (p *pauses) addLimited(now time.Time, t target) *limitedTarget {
	if p.limited == nil {
		p.limited = make(map[target]*limitedTarget)
	}
	if len(p.limited) >= maxLimited {
		var oldest target
		for t, limited := range p.limited {
			if of := p.limited[oldest]; of == nil || limited.latest.Before(of.latest) {
				oldest = t
			}
		}
		delete(p.limited, oldest)
	}
	limited := &limitedTarget{first: now}
	p.limited[t] = limited
	return limited
}

// active reports whether anything is paused.
func (p *pauses) active(now time.Time) bool {
	for _, limited := range p.limited {
		if limited.active(now) {
			return true
		}
	}
	return p.token.active(now)
}
