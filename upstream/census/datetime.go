package census

import (
	"math"
	"time"
)

// A DateTime is a moment in milliseconds since 1970 in UTC, the precision of Census. Zero
// means null.
type DateTime int64

const dateTimeLayout = "2006-01-02T15:04:05.000Z"

// ClockLead is how far a time from Census may be ahead of our clock, since clocks differ a
// little. Times further ahead are wrong and prove nothing.
const ClockLead = 5 * time.Minute

// Time converts t to the standard library's type; the zero Time for null.
func (t DateTime) Time() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// longest is the longest time that a time.Duration holds, 292 years.
const longest = DateTime(math.MaxInt64 / time.Millisecond)

// Sub returns the time from u to t, or the longest Duration if that is too long.
func (t DateTime) Sub(u DateTime) time.Duration {
	return time.Duration(max(min(t-u, longest), -longest)) * time.Millisecond
}

// String formats t as Census writes it: "2021-10-20T02:51:07.546Z".
func (t DateTime) String() string { return string(t.Append(nil)) }

// ParseDateTime reads any RFC 3339 timestamp and truncates it to milliseconds. It returns
// false for other text, and for years before 1970 or after 9999, which Census does not use.
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
