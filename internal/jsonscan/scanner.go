package jsonscan

import (
	"errors"
	"fmt"
	"strings"

	"census-gateway/internal/slab"
)

// maxDepth is the maximum nesting of an answer. A Census sync nests about 8 deep.
const maxDepth = 64

// maxNames is how many member names of a row are remembered. A Census run has 25, a sync up to
// 60.
const maxNames = 64

// A Scanner reads one JSON text from front to back. It accepts the JSON grammar and nothing else.
// It keeps the first error, and every method returns zero from then on, so callers check End
// once. Strings without escapes share the memory of the text; Nullable returns copies.
//
// Values are read leniently: a number may be in a string, and a value of the wrong type is null.
type Scanner struct {
	text  string
	at    int
	first bool // nothing of the innermost object or array has been read
	depth int
	err   error

	names [maxNames]knownName // of the previous row's members, in order
	nth   int                 // members of this row so far
	last  [maxNames]*string   // the last text that Nullable returned for each member

	texts   slab.Values[string]
	letters slab.Texts
	scratch []byte // of escaped
}

// A knownName is the name of a member and how it was written.
type knownName struct {
	text  string // comma to colon; "" if there is no name, or white space or escapes in it
	name  string
	first bool // first in its object: no comma precedes it
}

var errTooDeep = errors.New("JSON nested too deep")

// Reset makes the scanner read text.
func (s *Scanner) Reset(text string) { s.text = text }

// Row begins a row of a list. Its member names are compared with those of the previous row.
func (s *Scanner) Row() { s.nth = 0 }

// Left returns the number of bytes not yet read.
func (s *Scanner) Left() int { return len(s.text) - s.at }

// Fail keeps the first error and moves to the end of the text.
func (s *Scanner) Fail(what string) {
	if s.err == nil {
		s.err = fmt.Errorf("JSON at byte %d: %s", s.at, what)
	}
	s.at = len(s.text)
}

// Peek skips white space and returns the next byte, 0 at the end or after an error.
func (s *Scanner) Peek() byte {
	if s.at < len(s.text) {
		if c := s.text[s.at]; c > ' ' {
			return c
		}
	}
	return s.afterSpace()
}

func (s *Scanner) afterSpace() byte {
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

// Open enters an object ('{') or array ('['). It skips anything else and returns false.
func (s *Scanner) Open(c byte) bool {
	if s.Peek() != c {
		s.Skip()
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

// Next reports whether the object or array that ends with end has another member, and moves to
// it. At the end it leaves the object or array.
func (s *Scanner) Next(end byte) bool {
	c := s.Peek()
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
		if s.Peek() == end {
			s.Fail("comma before the end")
		}
	default:
		s.Fail("expected a comma or the end")
	}
	return s.err == nil
}

// Enter enters an object and reads the name of its first member and the colon. It returns false
// if there is no member, or the value is not an object.
func (s *Scanner) Enter() (name string, ok bool) {
	if !s.Open('{') {
		return "", false
	}
	return s.Member()
}

// Member moves to the next member of an object and reads its name and the colon. At the end it
// leaves the object and returns false. Rows of a list have the same names in the same order, so
// the text is first compared with that of the previous row.
func (s *Scanner) Member() (name string, ok bool) {
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
	if !s.Next('}') {
		return "", false
	}
	name = s.Key()
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

// Key reads a member's name and the colon.
func (s *Scanner) Key() string {
	s.nth++
	k := s.str()
	if s.Peek() != ':' {
		s.Fail("expected a colon")
		return ""
	}
	s.at++
	return k
}

// Skip reads past one value of any kind.
func (s *Scanner) Skip() {
	switch s.Peek() {
	case '"':
		s.str()
	case '{':
		for ok := s.Open('{'); ok && s.Next('}'); {
			s.Key()
			s.Skip()
		}
	case '[':
		for ok := s.Open('['); ok && s.Next(']'); {
			s.Skip()
		}
	default:
		s.literal()
	}
}

// End checks that nothing follows the text's one value, and returns the first error.
func (s *Scanner) End() error {
	if s.Peek(); s.at < len(s.text) { // a NUL byte in the text also makes Peek return 0
		s.Fail("something follows the value")
	}
	return s.err
}
