// Package slab gives out small things that are kept together, in few allocations.
package slab

import "strings"

// A Values gives out values that are kept together, so that many small ones cost
// few allocations. None of them is freed before all are.
type Values[T any] struct {
	rest []T
	size int // of the last block
}

// Next gives out a zero value.
func (s *Values[T]) Next() *T {
	if len(s.rest) == 0 {
		s.size = min(2*s.size+4, 128)
		s.rest = make([]T, s.size)
	}
	v := &s.rest[0]
	s.rest = s.rest[1:]
	return v
}

// A Texts gives out copies of texts, which are kept together as in a slab.
type Texts struct {
	block strings.Builder
	size  int // of the last block
}

// Copy gives out a copy of v.
func (s *Texts) Copy(v string) string {
	if s.block.Cap()-s.block.Len() < len(v) {
		s.size = min(2*s.size+512, 8<<10)
		s.block = strings.Builder{} // those given out keep the old one
		s.block.Grow(max(s.size, len(v)))
	}
	start := s.block.Len()
	s.block.WriteString(v)
	return s.block.String()[start:]
}
