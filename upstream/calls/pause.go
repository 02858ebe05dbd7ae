package calls

import (
	"time"

	"census-gateway/internal/when"
)

const (
	maxPause  = time.Minute            // longest time without a call after a 429, whatever time it names
	probeWait = 100 * time.Millisecond // until callers check the result of a probe again
)

// A pause stops calls after a 429 for the time that it names. If that is longer than maxPause,
// one call a minute, a probe, checks whether Census answers again: a 429 that names tomorrow,
// or the year 9999, may be a proxy's mistake. The zero value is over. Its user locks it.
type pause struct {
	next    time.Time // no call may start before
	end     time.Time // when all calls may start; from next until end, one probe may
	probing bool      // that probe is under way
}

// active reports whether the time that Census named lasts beyond now.
func (p *pause) active(now time.Time) bool { return now.Before(p.end) }

// wait returns how long no call may start; 0: one may now.
func (p *pause) wait(now time.Time) time.Duration {
	switch {
	case !p.active(now):
		return 0
	case now.Before(p.next):
		return p.next.Sub(now)
	case p.probing:
		return probeWait
	}
	return 0
}

// begin records that a call starts, which wait allowed. It returns p if the call is its probe,
// otherwise nil.
func (p *pause) begin(now time.Time) *pause {
	if !p.active(now) {
		return nil
	}
	p.probing = true
	return p
}

// rateLimited records a 429 and the time that it names; 0: it names no time. probe is the pause
// that the call probed, or nil.
func (p *pause) rateLimited(now time.Time, named time.Duration, probe *pause) {
	switch {
	case named > 0:
		p.extend(now, named, probe != nil)
	case probe != nil:
		p.postponeProbe(now)
	}
}

// extend records a 429 that names a time. A later 429 never shortens the pause, unless it
// answers the probe: that is Census's latest word.
func (p *pause) extend(now time.Time, named time.Duration, probe bool) {
	next, end := now.Add(min(named, maxPause)), now.Add(named)
	if probe {
		p.next, p.end = next, end
	} else {
		p.next, p.end = when.Later(p.next, next), when.Later(p.end, end)
	}
}

// postponeProbe postpones the next probe by a minute, after one without a result.
func (p *pause) postponeProbe(now time.Time) {
	p.next = now.Add(maxPause)
	p.end = when.Later(p.end, p.next)
}
