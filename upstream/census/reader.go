package census

import (
	"census-gateway/internal/jsonscan"
	"census-gateway/internal/slab"
)

// A reader reads JSON, and Census's own types in it.
type reader struct {
	jsonscan.Scanner
	reasons slab.Values[SyncTriggerReason]
	reason  *SyncTriggerReason // the last one returned
	numbers slab.Values[int64]
	smalls  slab.Values[int32]
}

// count reads a number of records; unknown if it is missing or negative. A negative number
// would reduce sums, while the rest of the run is still useful.
func (s *reader) count() Count {
	n, ok := s.Integer()
	if !ok || n < 0 {
		return Count{}
	}
	return Count{N: n, Known: true}
}

// dateTime reads a timestamp; 0 if it is invalid.
func (s *reader) dateTime() DateTime {
	if v := s.Ahead(len(dateTimeLayout)); v != "" { // nearly all have Append's form, so their end is known
		if t, ok := parseCanonical(v); ok {
			s.Pass(len(v))
			return t
		}
	}
	v, ok := s.Scalar()
	if !ok {
		return 0
	}
	t, _ := ParseDateTime(v)
	return t
}

// number reads an integer; nil if it is invalid.
func (s *reader) number() *int64 {
	n, ok := s.Integer()
	if !ok {
		return nil
	}
	v := s.numbers.Next()
	*v = n
	return v
}

// small reads an integer of 32 bits; nil if it is invalid.
func (s *reader) small() *int32 {
	n, ok := s.Integer()
	if !ok || n != int64(int32(n)) {
		return nil
	}
	v := s.smalls.Next()
	*v = int32(n)
	return v
}
