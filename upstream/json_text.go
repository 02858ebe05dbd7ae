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
// or control character, and so stand in a JSON string as they are. It looks at
// eight bytes at once, at the last eight again where that spares looking at each.
func PlainPrefix[T string | []byte](text T) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if special := specials(eight(text[i:])); special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	if last := len(text) - 8; last >= 0 && i < len(text) {
		return last + bits.TrailingZeros64(specials(eight(text[last:])))/8
	}
	for ; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

// eight is the first eight bytes of text, the first the lowest.
func eight[T string | []byte](text T) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// specials has the top bit set of each byte of w that is not plain. Above the
// lowest such byte it may be set by mistake.
func specials(w uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^'"'*ones, w^'\\'*ones
	return (w-' '*ones)&^w&tops | (quote-ones)&^quote&tops | (slash-ones)&^slash&tops
}

// escaped reads a string with escapes in it, which starts at start.
func (s *scanner) escaped(start int) string {
	b := s.scratch[:0]
	for i := start; i < len(s.text); {
		n := PlainPrefix(s.text[i:])
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
				return s.escapedOddly(start)
			}
			b, i = append(b, c), i+2
		default:
			s.at = i
			s.fail("control character in a string")
			return ""
		}
	}
	s.fail("string without an end")
	return ""
}

// unescaped is what a letter behind a backslash stands for; 0 for u, and for
// letters that may not stand there.
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

// escapedOddly is escaped for any escapes.
func (s *scanner) escapedOddly(start int) (v string) {
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
