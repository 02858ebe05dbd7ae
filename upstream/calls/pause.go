package calls

import (
	"time"

	"census-gateway/internal/when"
)

const (
	maxPause  = time.Minute            // longest time without a call after a 429, whatever it names
	probeWait = 100 * time.Millisecond // until callers look again what a probe has found out
)

// A pause is the time for which a 429 wants no calls. Where that is longer than
// maxPause one call a minute, a probe, finds out whether Census answers again: a
// 429 that names tomorrow, or the year 9999, may be a proxy's mistake. The zero
// value is over. Its user locks it.
type pause struct {
	next    time.Time // no call may leave before
	end     time.Time // from then on all may; until then, from next on, one probe
	probing bool      // that probe is under way
}

// active tells whether Census wanted to be left alone for longer than until now.
func (p *pause) active(now time.Time) bool { return now.Before(p.end) }

// left is for how long no call may leave; 0: one may now.
func (p *pause) left(now time.Time) time.Duration {
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

// begin notes that a call leaves, which left has allowed. It returns p if that call
// is its probe, else nil.
func (p *pause) begin(now time.Time) *pause {
	if !p.active(now) {
		return nil
	}
	p.probing = true
	return p
}

// heard takes in a 429 that names a time. A later one does not shorten what an
// earlier one named, but one to the probe does: it is the latest word.
func (p *pause) heard(now time.Time, named time.Duration, probe bool) {
	next, end := now.Add(min(named, maxPause)), now.Add(named)
	if probe {
		p.next, p.end = next, end
	} else {
		p.next, p.end = when.Later(p.next, next), when.Later(p.end, end)
	}
}

// again puts off the next probe by a minute: the last one found out nothing.
func (p *pause) again(now time.Time) {
	p.next = now.Add(maxPause)
	p.end = when.Later(p.end, p.next)
}
