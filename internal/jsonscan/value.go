package jsonscan

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// literal reads a number, true, false or null and returns its text.
func (s *Scanner) literal() string {
	s.Peek()
	start := s.at
	if rest := s.text[start:]; len(rest) > 4 && rest[:4] == "null" && !inLiteral(rest[4]) {
		s.at += 4
		return rest[:4]
	}
	for s.at < len(s.text) {
		if !inLiteral(s.text[s.at]) {
			break
		}
		s.at++
	}
	v := s.text[start:s.at]
	switch v {
	case "null", "true", "false":
	default:
		if !validNumber(v) {
			s.at = start
			s.Fail("unexpected value")
			return ""
		}
	}
	return v
}

func inLiteral(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.'
}

// validNumber reports whether v is a number in the JSON grammar.
func validNumber(v string) bool {
	digits := func() bool {
		n := 0
		for n < len(v) && v[n] >= '0' && v[n] <= '9' {
			n++
		}
		v = v[n:]
		return n > 0
	}
	if v != "" && v[0] == '-' {
		v = v[1:]
	}
	if v != "" && v[0] == '0' {
		v = v[1:]
	} else if !digits() {
		return false
	}
	if v != "" && v[0] == '.' {
		v = v[1:]
		if !digits() {
			return false
		}
	}
	if v != "" && v[0]|0x20 == 'e' {
		v = v[1:]
		if v != "" && (v[0] == '+' || v[0] == '-') {
			v = v[1:]
		}
		if !digits() {
			return false
		}
	}
	return v == ""
}

// Scalar reads a value as text: the content of a string, or the literal of a
// number or boolean. It reports false for null, objects and arrays.
func (s *Scanner) Scalar() (string, bool) {
	switch s.Peek() {
	case '"':
		return s.str(), s.err == nil
	case '{', '[':
		s.Skip()
		return "", false
	}
	v := s.literal()
	if s.err != nil || v == "null" {
		return "", false
	}
	return v, true
}

// MaxText is the maximum length of a stored text, in bytes. error_detail can be a stack trace of
// 75 KB, and an answer can hold a hundred of them.
const MaxText = 16 << 10

// cutText returns v, or its beginning and "…" if it is too long.
func cutText(v string) string {
	const more = "…"
	if len(v) <= MaxText {
		return v
	}
	n := MaxText - len(more)
	for !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n] + more
}

// Nullable reads a value as text and returns a cut copy, which does not keep the whole answer in
// memory. It returns nil for null, objects and arrays. Equal values in
// consecutive rows share one copy, since most runs are started in the same way.
func (s *Scanner) Nullable() *string {
	v, ok := s.Scalar()
	if !ok {
		return nil
	}
	v = cutText(v)
	last := &s.last[min(max(s.nth, 1), maxNames)-1]
	if *last == nil || **last != v {
		*last = s.texts.Next()
		**last = s.letters.Copy(v)
	}
	return *last
}

// Integer reads an exact integer. The integer may be in a string, or be written as 3.0. It
// returns false for null and for all other values.
func (s *Scanner) Integer() (int64, bool) {
	if n, ok := s.digits(); ok {
		return n, true
	}
	v, ok := s.Scalar()
	if !ok {
		return 0, false
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return n, true
	}
	if !validNumber(v) { // strconv also accepts 0x10p0 and inf
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

// digits reads an integer written in plain digits, as nearly all are. If it returns false, it has
// read nothing.
func (s *Scanner) digits() (n int64, ok bool) {
	s.Peek()
	i := s.at
	for ; i < len(s.text) && i < s.at+18; i++ { // any 18 digits fit
		d := s.text[i] - '0'
		if d > 9 {
			break
		}
		n = 10*n + int64(d)
	}
	if i == s.at || s.text[s.at] == '0' && i > s.at+1 || i < len(s.text) && inLiteral(s.text[i]) {
		return 0, false
	}
	s.at = i
	return n, true
}

// Boolean returns true if the value is true, and false for all other values.
func (s *Scanner) Boolean() bool {
	v, _ := s.Scalar()
	return v == "true"
}

// Ahead returns the next value if it is n bytes between two quotes; otherwise "". It does
// not check these bytes. It does not consume the value: Pass does.
func (s *Scanner) Ahead(n int) string {
	if s.Peek() == '"' {
		if rest := s.text[s.at+1:]; len(rest) > n && rest[n] == '"' {
			return rest[:n]
		}
	}
	return ""
}

// Pass consumes the text of n bytes that Ahead returned. The text must have no quotes, escapes or
// control characters.
func (s *Scanner) Pass(n int) { s.at += n + 2 }

// Keep returns a cut copy of v, which does not keep the whole answer in memory.
func (s *Scanner) Keep(v string) string { return s.letters.Copy(cutText(v)) }
