// Package slab allocates small values in blocks, so that many of them cost few allocations.
package slab

import "strings"

// A Values allocates values in blocks, so that many small ones cost few allocations. The memory
// is freed only when no value of a block is in use.
type Values[T any] struct {
	rest []T
	size int // of the last block
}

// Next returns a new zero value.
func (s *Values[T]) Next() *T {
	if len(s.rest) == 0 {
		s.size = min(2*s.size+4, 128)
		s.rest = make([]T, s.size)
	}
	v := &s.rest[0]
	s.rest = s.rest[1:]
	return v
}

// A Texts copies texts into shared blocks of memory.
type Texts struct {
	block strings.Builder
	size  int // of the last block
}

// Copy returns a copy of v.
func (s *Texts) Copy(v string) string {
	if s.block.Cap()-s.block.Len() < len(v) {
		s.size = min(2*s.size+512, 8<<10)
		s.block = strings.Builder{} // earlier copies keep the old block
		s.block.Grow(max(s.size, len(v)))
	}
	start := s.block.Len()
	s.block.WriteString(v)
	return s.block.String()[start:]
}
