package upstream

import (
	"errors"
	"fmt"
	"strings"
)

// maxDepth bounds nesting in an answer. A sync nests about 8 deep.
const maxDepth = 64

// maxNames is how many names of a row are remembered. A run has 25, a sync up to 60.
const maxNames = 64

// A scanner reads one JSON text from front to back. It accepts the JSON grammar
// and nothing else, and keeps the first error: after it every method returns
// zero, so callers check err once, at the end. Strings without escapes are
// parts of the text itself; nullable gives copies.
//
// Values are read leniently, since Census has changed types before: a number
// may come as a string, and a value of a wrong type is null.
type scanner struct {
	text  string
	at    int
	first bool // nothing of the innermost object or array has been read
	depth int
	err   error

	names [maxNames]knownName // of the members of the row before, in their order
	nth   int                 // members of this row so far
	last  [maxNames]*string   // what nullable gave out for each

	texts   slab[string]
	letters textSlab
	scratch []byte // of escaped
}

// A knownName is the name of a member, and how it was written.
type knownName struct {
	text  string // from the comma to the colon; "" where there was none, or white space or escapes in it
	name  string
	first bool // of its object: there was no comma
}

var errTooDeep = errors.New("JSON nested too deep")

// reset has s read text, which is another than before.
func (s *scanner) reset(text string) { s.text = text }

// row begins a row of a list: what is remembered of the row before is of its members.
func (s *scanner) row() { s.nth = 0 }

// left is how many bytes have not been read.
func (s *scanner) left() int { return len(s.text) - s.at }

// fail keeps the first error and moves to the end, where there is nothing to read.
func (s *scanner) fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("JSON at byte %d: %s", s.at, what)
	}
	s.at = len(s.text)
}

// peek skips white space and returns the next byte, 0 at the end or after an error.
func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		if c := s.text[s.at]; c > ' ' {
			return c
		}
	}
	return s.afterSpace()
}

func (s *scanner) afterSpace() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// open enters an object ('{') or array ('['). Anything else is skipped, and the
// answer is false.
func (s *scanner) open(c byte) bool {
	if s.peek() != c {
		s.skip()
		return false
	}
	if s.depth++; s.depth > maxDepth {
		s.err = errTooDeep
		s.at = len(s.text)
		return false
	}
	s.at++
	s.first = true
	return true
}

// next tells whether the object or array that ends with end has another
// member, and moves to it; at the end it leaves.
func (s *scanner) next(end byte) bool {
	c := s.peek()
	switch {
	case c == end:
		s.at++
		s.first = false
		s.depth--
		return false
	case s.first:
		s.first = false
	case c == ',':
		s.at++
		if s.peek() == end {
			s.fail("comma before the end")
		}
	default:
		s.fail("expected a comma or the end")
	}
	return s.err == nil
}

// enter enters an object and reads its first member's name and the colon; false where
// there is none, or no object.
func (s *scanner) enter() (name string, ok bool) {
	if !s.open('{') {
		return "", false
	}
	return s.member()
}

// member moves to the next member of an object and reads its name and the colon; false
// at the end, where it leaves. The rows of a list have the same names in the same
// order, so what stands there is first compared with what stood there in the row
// before.
func (s *scanner) member() (name string, ok bool) {
	n, first := s.nth, s.first
	if n < maxNames {
		if known := s.names[n]; strings.HasPrefix(s.text[s.at:], known.text) && known.text != "" && known.first == first {
			s.nth++
			s.first = false
			s.at += len(known.text)
			return known.name, true
		}
	}
	start := s.at
	if !s.next('}') {
		return "", false
	}
	name = s.key()
	if n < maxNames && s.err == nil {
		s.names[n] = knownName{}
		text := s.text[start:s.at]
		compact := len(name) + len(`,"":`)
		if first {
			compact--
		}
		if len(text) == compact { // no escapes, no white space
			s.names[n] = knownName{text, name, first}
		}
	}
	return name, true
}

// key reads a member's name and the colon.
func (s *scanner) key() string {
	s.nth++
	k := s.str()
	if s.peek() != ':' {
		s.fail("expected a colon")
		return ""
	}
	s.at++
	return k
}

// skip reads past one value of any kind.
func (s *scanner) skip() {
	switch s.peek() {
	case '"':
		s.str()
	case '{':
		for ok := s.open('{'); ok && s.next('}'); {
			s.key()
			s.skip()
		}
	case '[':
		for ok := s.open('['); ok && s.next(']'); {
			s.skip()
		}
	default:
		s.literal()
	}
}

// end checks that nothing follows the text's one value, and returns the first error.
func (s *scanner) end() error {
	if s.peek(); s.at < len(s.text) { // what peek returns may be a NUL byte of the text
		s.fail("something follows the value")
	}
	return s.err
}
