package stats

import "strings"

// The functions below return the length of a varying part at the start of a text; 0 if there is
// none.

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLetter(c byte) bool { return isLower(c) || isUpper(c) }
func isWord(c byte) bool   { return isDigit(c) || isLetter(c) }
func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// prefixLength returns how many bytes at the start of s are of a kind.
func prefixLength(s string, kind func(byte) bool) int {
	n := 0
	for n < len(s) && kind(s[n]) {
		n++
	}
	return n
}

// urlLength measures a URL up to a blank, a quote or a bracket, without the punctuation after it.
func urlLength(s string) int {
	scheme := prefixLength(s, func(c byte) bool { return isWord(c) || c == '+' || c == '-' || c == '.' })
	if !isLetter(s[0]) || !strings.HasPrefix(s[scheme:], "://") {
		return 0
	}
	n := prefixLength(s, func(c byte) bool { return c > ' ' && !strings.ContainsRune("\"'`<>()[]{}", rune(c)) })
	return len(strings.TrimRight(s[:n], ".,;:!?"))
}

func emailLength(s string) int {
	local := prefixLength(s, func(c byte) bool { return isWord(c) || strings.IndexByte("._%+-", c) >= 0 })
	if local == len(s) || s[local] != '@' {
		return 0
	}
	host := prefixLength(s[local+1:], func(c byte) bool { return isWord(c) || c == '.' || c == '-' })
	host = len(strings.TrimRight(s[local+1:local+1+host], ".-"))
	if host == 0 {
		return 0
	}
	return local + 1 + host
}

// timeLength measures a date such as 2026-03-04, with or without a time, fraction and zone.
func timeLength(s string) int {
	const date, clock = "0000-00-00", "00:00"
	if !hasShape(s, date) {
		return 0
	}
	n := len(date)
	if len(s) > n+1 && (s[n] == 'T' || s[n] == ' ') && hasShape(s[n+1:], clock) {
		n += 1 + prefixLength(s[n+1:], func(c byte) bool { return isDigit(c) || c == ':' || c == '.' || c == ',' })
		n = len(strings.TrimRight(s[:n], ".,:"))
		switch rest := s[n:]; {
		case strings.HasPrefix(rest, "Z"):
			n++
		case rest != "" && (rest[0] == '+' || rest[0] == '-') && len(rest) > 1 && isDigit(rest[1]):
			n += 1 + prefixLength(rest[1:], func(c byte) bool { return isDigit(c) || c == ':' })
		}
	}
	return n
}

// idLength measures UUIDs, hex numbers and random words of at least 8 letters and digits. A
// random word has digits in the middle, or capitals all over.
func idLength(s string) int {
	const uuid = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if hasShape(s, uuid) {
		return len(uuid)
	}
	if s[0] == '0' && len(s) > 2 && s[1]|0x20 == 'x' && isHex(s[2]) {
		return 2 + prefixLength(s[2:], isHex)
	}
	n := prefixLength(s, isWord)
	if n < 8 {
		return 0
	}
	digits, switches, humps := 0, 0, 0
	for i := range n {
		if isDigit(s[i]) {
			digits++
		}
		if i > 0 && isDigit(s[i]) != isDigit(s[i-1]) {
			switches++
		}
		if i > 0 && isUpper(s[i]) && isLower(s[i-1]) {
			humps++
		}
	}
	switch {
	case digits == n:
		return 0
	case digits > 0 && prefixLength(s, isHex) >= n, switches >= 2, digits > 0 && humps >= 2, humps >= 3 && n <= 4*humps:
		return n
	}
	return 0
}

// numberLength measures digits, and groups of digits joined by one of ".,:", as in amounts,
// addresses and times of day.
func numberLength(s string) int {
	n := prefixLength(s, isDigit)
	for n+1 < len(s) && strings.IndexByte(".,:", s[n]) >= 0 && isDigit(s[n+1]) {
		n += 1 + prefixLength(s[n+1:], isDigit)
	}
	return n
}

// hasShape reports whether s begins like the shape and a word ends there. In the shape, 0 stands
// for any digit, x for any hex digit, and other characters for themselves.
func hasShape(s, shape string) bool {
	if len(s) < len(shape) {
		return false
	}
	for i := range len(shape) {
		switch c := shape[i]; {
		case c == '0' && isDigit(s[i]), c == 'x' && isHex(s[i]), c == s[i]:
		default:
			return false
		}
	}
	return len(s) == len(shape) || shape[len(shape)-1] == '0' || !isWord(s[len(shape)])
}
