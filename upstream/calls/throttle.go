package calls

import "time"

// A Throttle is a 429, or what 429s mean for a token, as one gateway reports it to others.
type Throttle struct {
	Tenant   string        // the token, as Tenant returns it
	Endpoint Endpoint      // of the call that was answered 429; "": all calls of the token are paused
	ID       int64         // of that call
	For      time.Duration // the time that Census named; 0: none. Of a token: how long it is paused; 0: no longer
}

// throttlesAfter returns what to report to others after an exchange ended with a 429 that named
// a time, or with any other answer. tokenEnd is when the pause of the token ended before.
func (p *pauses) throttlesAfter(now time.Time, k ticket, limited bool, named time.Duration, tokenEnd time.Time) (throttles []Throttle) {
	if limited {
		throttles = append(throttles, Throttle{Endpoint: k.pauseTarget.endpoint, ID: k.pauseTarget.id, For: named})
	}
	switch end := p.token.end; {
	case end.After(tokenEnd):
		throttles = append(throttles, Throttle{For: end.Sub(now)})
	case end.IsZero() && !tokenEnd.IsZero():
		throttles = append(throttles, Throttle{})
	}
	return throttles
}

// throttled applies what another gateway reports.
func (p *pauses) throttled(now time.Time, t Throttle) {
	switch {
	case t.Endpoint != "":
		p.rateLimited(now, ticket{pauseTarget: target{t.Endpoint, t.ID}}, t.For)
	case t.For <= 0:
		p.token, p.limitedToken = pause{}, pause{}
	default:
		p.token.extend(now, t.For, false)
		p.limitedToken.extend(now, t.For, false)
	}
}
