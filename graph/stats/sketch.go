package stats

import (
	"cmp"
	"math"
	"slices"
)

// A sketch is a histogram whose bins grow by 2 % from one to the next, so that
// a value is told within 1 % whatever its size (the idea of DDSketch: Masson,
// Rim, Lee, VLDB 2019). Two sketches merge by adding their bins, and nothing is
// lost in it. In order of key; nil is empty.
type sketch []bin

type bin struct {
	key uint16
	n   uint32 // stays at its largest value rather than wrap
}

const (
	growth   = 1.02
	longest  = 1 << 40 // ms, about 34 years; what is longer is counted there
	zeroKey  = 0       // less than a millisecond
	firstKey = 1       // a millisecond
)

var perKey = 1 / math.Log(growth)

// keyOf is the bin of a duration in ms, which is not negative: bin k ends at
// growth^(k-1), inclusive.
func keyOf(ms int64) uint16 {
	if ms < 1 {
		return zeroKey
	}
	return firstKey + uint16(math.Ceil(math.Log(float64(min(ms, longest)))*perKey))
}

// valueOf is the duration, in ms, that is no further than 1 % from any in the
// bin.
func valueOf(key uint16) float64 {
	if key == zeroKey {
		return 0
	}
	return math.Pow(growth, float64(key-firstKey)) * 2 / (1 + growth)
}

func (s *sketch) add(key uint16, n uint32) {
	i, found := slices.BinarySearchFunc(*s, key, func(b bin, key uint16) int { return cmp.Compare(b.key, key) })
	if !found {
		*s = slices.Insert(*s, i, bin{key, n})
		return
	}
	b := &(*s)[i]
	b.n += min(n, math.MaxUint32-b.n)
}

func (s *sketch) merge(o sketch) {
	for _, b := range o {
		s.add(b.key, b.n)
	}
}

// at is about the value, in ms, with the given rank; ranks start at 1. It is
// the largest where the ranks are fewer, which a bin at its limit can cause.
func (s sketch) at(rank int64) float64 {
	for _, b := range s {
		if rank -= int64(b.n); rank <= 0 {
			return valueOf(b.key)
		}
	}
	if len(s) == 0 {
		return 0
	}
	return valueOf(s[len(s)-1].key)
}
