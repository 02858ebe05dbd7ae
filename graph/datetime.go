package graph

import (
	"time"

	"census-gateway/upstream/census"
)

// dateTimeForm describes a DateTime in error messages.
const dateTimeForm = `RFC 3339 from 1970 to 9999, for example "2021-10-20T02:51:07.546Z"`

// parseDateTime parses a timestamp exactly by the grammar of RFC 3339, section 5.6. Package time
// accepts hours of one digit, a comma and an offset of 24 hours, and rejects lower-case t and z.
// Digits after the milliseconds are cut off. A leap second becomes the second after it. The first
// moment of 1970 becomes the millisecond after it, because our zero means null; Census has no
// data between the two.
func parseDateTime(s string) (census.DateTime, bool) {
	const shape = "0000-00-00T00:00:00" // 0 is a digit
	if len(s) <= len(shape) {
		return 0, false
	}
	for i := range len(shape) {
		switch c := s[i]; {
		case shape[i] == '0' && isDigit(c), shape[i] == c, shape[i] == 'T' && c == 't':
		default:
			return 0, false
		}
	}
	year, month, day := digits(s[:4]), digits(s[5:7]), digits(s[8:10])
	hour, minute, second := digits(s[11:13]), digits(s[14:16]), digits(s[17:19])
	millis, rest, ok := parseFraction(s[len(shape):])
	if !ok || hour > 23 || minute > 59 || second > 60 {
		return 0, false
	}
	offset, ok := parseOffset(rest)
	if !ok {
		return 0, false
	}
	if date := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); month > 12 || date.Month() != time.Month(month) || date.Day() != day {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, min(second, 59), millis*1e6, time.UTC).Add(-offset)
	if second == 60 {
		if !mayBeLeapSecond(t) {
			return 0, false
		}
		t = t.Add(time.Second)
	}
	if t.Year() < 1970 || t.Year() > 9999 {
		return 0, false
	}
	return census.DateTime(max(t.UnixMilli(), 1)), true
}

// mayBeLeapSecond reports whether a leap second may follow the second of t. Leap seconds occur at
// the end of June and December (RFC 3339, section 5.7).
func mayBeLeapSecond(t time.Time) bool {
	_, month, day := t.Date()
	return t.Hour() == 23 && t.Minute() == 59 && (month == time.June && day == 30 || month == time.December && day == 31)
}

// parseFraction parses the text between the seconds and the offset: nothing, or a point and digits.
func parseFraction(s string) (millis int, rest string, ok bool) {
	if s[0] != '.' {
		return 0, s, true
	}
	n := 1
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return digits((s[1:n] + "000")[:3]), s[n:], n > 1
}

// parseOffset parses "Z" or an offset such as "+02:00", which is local time minus UTC. The RFC's
// "-00:00" also means UTC.
func parseOffset(s string) (time.Duration, bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || s[0] != '+' && s[0] != '-' || s[3] != ':' || !isDigit(s[1]) || !isDigit(s[2]) || !isDigit(s[4]) || !isDigit(s[5]) {
		return 0, false
	}
	hours, minutes := digits(s[1:3]), digits(s[4:6])
	if hours > 23 || minutes > 59 {
		return 0, false
	}
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if s[0] == '-' {
		offset = -offset
	}
	return offset, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns the number written in decimal digits.
func digits(text string) (n int) {
	for i := range len(text) {
		n = 10*n + int(text[i]-'0')
	}
	return n
}
