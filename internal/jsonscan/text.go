package jsonscan

import (
	"encoding/json"
)

// str reads a string.
func (s *Scanner) str() string {
	if s.Peek() != '"' {
		s.Fail("expected a string")
		return ""
	}
	start := s.at + 1
	i := start + Plain(s.text[start:])
	if i == len(s.text) {
		s.Fail("string without an end")
		return ""
	}
	switch s.text[i] {
	case '"':
		s.at = i + 1
		return s.text[start:i]
	case '\\':
		return s.escaped(start)
	}
	s.at = i
	s.Fail("control character in a string")
	return ""
}

// escaped reads a string with escapes that starts at start.
func (s *Scanner) escaped(start int) string {
	b := s.scratch[:0]
	for i := start; i < len(s.text); {
		n := Plain(s.text[i:])
		b = append(b, s.text[i:i+n]...)
		if i += n; i == len(s.text) {
			break
		}
		switch s.text[i] {
		case '"':
			s.at, s.scratch = i+1, b
			return string(b)
		case '\\':
			c := byte(0)
			if i+1 < len(s.text) {
				c = unescaped(s.text[i+1])
			}
			if c == 0 {
				return s.decodeEscapes(start)
			}
			b, i = append(b, c), i+2
		default:
			s.at = i
			s.Fail("control character in a string")
			return ""
		}
	}
	s.Fail("string without an end")
	return ""
}

// unescaped returns the character that a letter after a backslash represents; 0 for u and for
// invalid letters.
func unescaped(c byte) byte {
	switch c {
	case '"', '\\', '/':
		return c
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return 0
}

// decodeEscapes is escaped for strings with any escapes.
func (s *Scanner) decodeEscapes(start int) (v string) {
	for i := start; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			if json.Unmarshal([]byte(s.text[start-1:s.at]), &v) != nil {
				s.Fail("bad escape in a string")
			}
			return v
		}
	}
	s.Fail("string without an end")
	return ""
}
