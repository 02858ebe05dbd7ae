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

// Append appends t as Census writes it.
func (t DateTime) Append(b []byte) []byte {
	if t <= 0 || t >= year10000 {
		return t.Time().AppendFormat(b, dateTimeLayout)
	}
	year, month, day := date(uint32(t / dayMillis))
	ms := uint32(t % dayMillis)
	s := ms / 1000
	ms %= 1000
	const digits = "0000-00-00T00:00:00.000Z"
	n := len(b)
	b = append(b, digits...)
	d := b[n : n+len(digits)]
	putTwoDigits(d[0:], year/100)
	putTwoDigits(d[2:], year%100)
	putTwoDigits(d[5:], month)
	putTwoDigits(d[8:], day)
	putTwoDigits(d[11:], s/3600)
	putTwoDigits(d[14:], s/60%60)
	putTwoDigits(d[17:], s%60)
	d[20] = byte('0' + ms/100)
	putTwoDigits(d[21:], ms%100)
	return b
}

// String formats t as Census writes it: "2021-10-20T02:51:07.546Z".
func (t DateTime) String() string { return string(t.Append(nil)) }

// parseCanonical reads a timestamp in the form that Append writes. It returns false also for
// unusual dates, which may be invalid.
func parseCanonical(s string) (DateTime, bool) {
	if len(s) != len(dateTimeLayout) || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != '.' || s[23] != 'Z' {
		return 0, false
	}
	year := takeTwoDigits(s[0:])*100 + takeTwoDigits(s[2:])
	month, day := takeTwoDigits(s[5:]), takeTwoDigits(s[8:])
	hour, minute, second := takeTwoDigits(s[11:]), takeTwoDigits(s[14:]), takeTwoDigits(s[17:])
	ms := takeTwoDigits(s[20:])*10 + uint32(s[22]-'0')
	if year < 1971 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 28 && day > lastDay(year, month) ||
		hour > 23 || minute > 59 || second > 59 || ms > 999 || s[22]-'0' > 9 {
		return 0, false
	}
	return DateTime(days(year, month, day))*dayMillis + DateTime((hour*60+minute)*60+second)*1000 + DateTime(ms), true
}

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
