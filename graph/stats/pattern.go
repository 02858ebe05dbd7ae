package stats

import (
	"strings"
	"unicode/utf8"
)

const (
	readMessage = 1000 // bytes of a message that are read
	keptPattern = 200  // bytes of its pattern that are compared
)

// appendPattern appends the pattern that a message shares with others of its kind. It replaces
// the varying parts, makes white space one blank, and makes capitals lower case.
//
//	"any", 'any', `any`, “any”                 <text>
//	https://host/path?query                    <url>
//	ana@example.com                            <email>
//	2026-03-04T12:00:00Z, 2026-03-04           <time>
//	UUIDs, hex numbers, ids such as k3Jd82hQxz <id>
//	12, 1,024, 3.5, 10.0.3.17:5439             #
//
// The pattern is a guess. Names without quotes stay, and so do ids that look like words. No ASCII
// digit stays.
func appendPattern(b []byte, message string) []byte {
	s, start := message[:min(len(message), readMessage)], len(b)
	for i := 0; i < len(s) && len(b)-start <= keptPattern; {
		c := s[i]
		n, replacement := 1, ""
		switch {
		case c <= ' ':
			if len(b) > start && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
			i++
			continue
		case isWord(c) && (i == 0 || !isWord(s[i-1])):
			n, replacement = varyingWord(s[i:])
		case !isWord(c):
			n, replacement = varyingQuote(s, i)
		}
		switch {
		case n > 1 || replacement != "":
			b = append(b, replacement...)
		case isDigit(c):
			b = append(b, '#')
			n = numberLength(s[i:])
		case 'A' <= c && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
		i += n
	}
	return cutPattern(b, start)
}

// varyingWord returns the length of the varying part at the start of s, and its replacement. s
// begins with a word. It returns 1 and "" if that word does not begin such a part.
func varyingWord(s string) (n int, replacement string) {
	if n := urlLength(s); n > 0 {
		return n, "<url>"
	}
	if n := emailLength(s); n > 0 {
		return n, "<email>"
	}
	if n := timeLength(s); n > 0 {
		return n, "<time>"
	}
	if n := idLength(s); n > 0 {
		return n, "<id>"
	}
	return 1, ""
}

// varyingQuote returns the same for a quoted text that begins at s[i]. An apostrophe is a quote
// only at the edge of a word.
func varyingQuote(s string, i int) (n int, replacement string) {
	open, shut := s[i:i+1], s[i:i+1]
	switch {
	case strings.HasPrefix(s[i:], "“"):
		open, shut = "“", "”"
	case open == `"` || open == "`":
	case open == "'" && (i == 0 || !isWord(s[i-1])):
	default:
		return 1, ""
	}
	for from := i + len(open); ; {
		at := strings.Index(s[from:], shut)
		if at < 0 {
			return 1, ""
		}
		from += at + len(shut)
		if shut != "'" || from == len(s) || !isWord(s[from]) {
			return from - i, "<text>"
		}
	}
}

// cutPattern shortens the pattern that begins at start to keptPattern bytes. It removes an
// incomplete character and a blank at the end.
func cutPattern(b []byte, start int) []byte {
	if len(b)-start > keptPattern {
		b = b[:start+keptPattern]
		for i := 1; i < utf8.UTFMax && i < len(b)-start; i++ {
			if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					b = b[:len(b)-i]
				}
				break
			}
		}
	}
	if len(b) > start && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}
