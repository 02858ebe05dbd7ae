package upstream

import (
	"encoding/json"
	"math/bits"
)

// str reads a string.
func (s *scanner) str() string {
	if s.peek() != '"' {
		s.fail("expected a string")
		return ""
	}
	start := s.at + 1
	i := start + PlainPrefix(s.text[start:])
	if i == len(s.text) {
		s.fail("string without an end")
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
	s.fail("control character in a string")
	return ""
}

// PlainPrefix is how many bytes of text come before the first quote, backslash
// or control character, and so stand in a JSON string as they are. It looks at eight bytes at once: in each of the three
// terms a byte's top bit is set if the byte is one of those, and above the
// lowest such byte it may be set by mistake.
func PlainPrefix(text string) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		t := text[i : i+8]
		w := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		quote, slash := w^'"'*ones, w^'\\'*ones
		if hit := (w-' '*ones)&^w&tops | (quote-ones)&^quote&tops | (slash-ones)&^slash&tops; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

// escaped reads a string with escapes in it, which starts at start.
func (s *scanner) escaped(start int) (v string) {
	for i := start; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.at = i + 1
			if json.Unmarshal([]byte(s.text[start-1:s.at]), &v) != nil {
				s.fail("bad escape in a string")
			}
			return v
		}
	}
	s.fail("string without an end")
	return ""
}
