package upstream

// A slab gives out values that are kept together, so that many small ones cost
// few allocations. None of them is freed before all are.
type slab[T any] struct {
	rest []T
	size int // of the last block
}

// next gives out a zero value.
func (s *slab[T]) next() *T {
	if len(s.rest) == 0 {
		s.size = min(2*s.size+4, 128)
		s.rest = make([]T, s.size)
	}
	v := &s.rest[0]
	s.rest = s.rest[1:]
	return v
}
