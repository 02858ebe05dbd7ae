package stats

import (
	"cmp"
	"math"
	"slices"
)

// A sketch is a histogram whose bins grow by 2 % from one to the next. So it returns any value
// within 1 % (the idea of DDSketch: Masson, Rim, Lee, VLDB 2019). Merging adds the bins and loses
// nothing. The bins are in order of their keys. A nil sketch is empty.
type sketch []bin

type bin struct {
	key uint16
	n   uint32 // stops at the largest uint32
}

const (
	growth   = 1.02
	longest  = 1 << 40 // ms, about 34 years; longer durations count as this long
	zeroKey  = 0       // less than 1 ms
	firstKey = 1       // 1 ms
)

var perKey = 1 / math.Log(growth)

// keyOf returns the bin of a non-negative duration in ms. Bin k ends at growth^(k-1), inclusive.
func keyOf(ms int64) uint16 {
	if ms < 1 {
		return zeroKey
	}
	return firstKey + uint16(math.Ceil(math.Log(float64(min(ms, longest)))*perKey))
}

// valueOf returns a duration in ms that is within 1 % of every duration in the bin.
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

// at returns about the value, in ms, with the given rank. Ranks begin at 1. It returns the
// largest value if the rank is too high, which a bin at its limit can cause.
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
