package census

import (
	"math"
	"time"
)

// A DateTime is a moment to the millisecond, as Census keeps them: milliseconds
// since 1970 in UTC. Zero means null.
type DateTime int64

const dateTimeLayout = "2006-01-02T15:04:05.000Z"

// ClockLead is how far ahead of our clock a time of Census may lie: clocks differ a
// little. One that lies further ahead is wrong, and tells nothing of what has happened.
const ClockLead = 5 * time.Minute

// Time is t as the standard library has it; the zero Time for null.
func (t DateTime) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// longest is the longest time that a time.Duration holds, 292 years.
const longest = DateTime(math.MaxInt64 / time.Millisecond)

// Sub is the time from u to t, or the longest there is.
func (t DateTime) Sub(u DateTime) time.Duration {
	return time.Duration(max(min(t-u, longest), -longest)) * time.Millisecond
}

// String is t as Census writes it: "2021-10-20T02:51:07.546Z".
func (t DateTime) String() string { return string(t.Append(nil)) }

// ParseDateTime reads any RFC 3339 timestamp; what is finer than a millisecond
// is cut off. It reports false for anything else, and for years Census cannot
// mean (before 1970, after 9999).
func ParseDateTime(s string) (DateTime, bool) {
	if t, ok := parseCanonical(s); ok {
		return t, true
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0, false
	}
	ms := t.UnixMilli()
	if ms <= 0 || t.UTC().Year() > 9999 {
		return 0, false
	}
	return DateTime(ms), true
}
