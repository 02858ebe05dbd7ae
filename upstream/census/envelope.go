package census

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// A Listing is one page of a list, as Census sent it.
type Listing[T any] struct {
	Rows    []T
	Total   int // rows in the whole list; -1 if Census sent no total
	PerPage int // page size that Census used; 0 if unknown
}

// A row is an element of a list, which decodes itself.
type row[T any] interface {
	*T
	scan(*reader)
}

// DecodePage reads the envelope of a list that was requested with so many rows a page. It
// fails at the first extra row or invalid row: a few KB of gzip can hold millions.
func DecodePage[T any, R row[T]](body string, asked int) (Listing[T], error) {
	p := Listing[T]{Total: -1}
	data, next := false, false
	err := decodeEnvelope(body, func(s *reader, key string) {
		switch key {
		case "data":
			if data = s.Open('['); data {
				p.Rows = p.Rows[:0]
				for s.Next(']') {
					if len(p.Rows) == asked {
						s.Fail("more rows than requested")
						break
					}
					if s.Peek() != '{' {
						s.Fail("a row is not an object")
						break
					}
					s.Row()
					before := s.Left()
					p.Rows = append(p.Rows, *new(T))
					R(&p.Rows[len(p.Rows)-1]).scan(s)
					if len(p.Rows) == 1 { // the others will have about the same length
						p.Rows = slices.Grow(p.Rows, min(s.Left()*9/8/max(before-s.Left(), 1), asked-1))
					}
				}
			}
		case "next": // the link used before there was a pagination
			link, ok := s.Scalar()
			next = ok && link != ""
		case "pagination":
			for ok := s.Open('{'); ok && s.Next('}'); {
				switch s.Key() {
				case "total_records":
					if n, ok := s.Integer(); ok && n >= 0 && n == int64(int32(n)) {
						p.Total = int(n)
					}
				case "per_page":
					if n, ok := s.Integer(); ok && n == int64(int32(n)) {
						p.PerPage = int(n)
					}
				default:
					s.Skip()
				}
			}
		default:
			s.Skip()
		}
	})
	if err == nil && !data {
		err = errors.New("the answer has no list in data")
	}
	if n := len(p.Rows); p.PerPage == 0 && next && n > 0 && n < asked { // more rows follow: these fill a page
		p.PerPage = n
	}
	return p, err
}

// DecodeOne reads the envelope of a single record.
func DecodeOne[T any, R row[T]](body string) (*T, error) {
	var v *T
	err := decodeEnvelope(body, func(s *reader, key string) {
		if key != "data" || s.Peek() != '{' {
			s.Skip()
			return
		}
		v = new(T)
		R(v).scan(s)
	})
	if err == nil && v == nil {
		err = errors.New("the answer has no record in data")
	}
	return v, err
}

// decodeEnvelope reads the members around the data of every answer. Its status is a word or a
// number; of the words, only "error" means that a 200 failed. A byte order mark is skipped,
// and invalid UTF-8 becomes U+FFFD.
func decodeEnvelope(body string, member func(*reader, string)) error {
	body = strings.TrimPrefix(body, "\ufeff")
	if !utf8.ValidString(body) {
		body = strings.ToValidUTF8(body, "\ufffd")
	}
	s := new(reader)
	s.Reset(body)
	if s.Peek() != '{' {
		return errors.New("the answer is not a JSON object")
	}
	var status, message string
	for ok := s.Open('{'); ok && s.Next('}'); {
		switch key := s.Key(); key {
		case "status":
			status, _ = s.Scalar()
		case "message":
			message, _ = s.Scalar()
		default:
			member(s, key)
		}
	}
	if err := s.End(); err != nil {
		return err
	}
	if strings.EqualFold(status, "error") {
		return fmt.Errorf("a 2xx answer with status error: %.200q", message)
	}
	return nil
}
