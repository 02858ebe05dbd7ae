package upstream

import "time"

// maxSilence is for how long a 429 is believed. One that names tomorrow, or the
// year 9999, may be a proxy's mistake: after an hour one call may find out.
const maxSilence = time.Hour

// A silence is the time for which Census wants no calls of a token, as a 429
// told it. The zero value is over. Its user locks it.
type silence struct {
	until time.Time
}

// heard takes in how an exchange ended. A 429 that names no time is for the
// retries to deal with.
func (s *silence) heard(now time.Time, err *Error) {
	if err == nil || err.Kind != RateLimited || err.RetryAfter == 0 {
		return
	}
	if until := now.Add(min(err.RetryAfter, maxSilence)); until.After(s.until) {
		s.until = until
	}
}

// left is for how long no call may leave; 0: one may now.
func (s *silence) left(now time.Time) time.Duration { return max(s.until.Sub(now), 0) }
