package jsonscan

import "math/bits"

// Plain returns the number of bytes of text before the first quote, backslash or control
// character. A JSON string can hold these bytes unchanged. It looks at eight bytes at once, and
// reads the last eight again instead of single bytes.
func Plain[T string | []byte](text T) int {
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if special := specials(loadEight(text[i:])); special != 0 {
			return i + bits.TrailingZeros64(special)/8
		}
	}
	if last := len(text) - 8; last >= 0 && i < len(text) {
		return last + bits.TrailingZeros64(specials(loadEight(text[last:])))/8
	}
	for ; i < len(text); i++ {
		if c := text[i]; c == '"' || c == '\\' || c < ' ' {
			break
		}
	}
	return i
}

// loadEight returns the first eight bytes of text, the first byte lowest.
func loadEight[T string | []byte](text T) uint64 {
	_ = text[7]
	return uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24 |
		uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
}

// specials returns w with the top bit set in each byte that is not plain. Bits above the lowest
// such byte may be wrong.
func specials(w uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, slash := w^'"'*ones, w^'\\'*ones
	return (w-' '*ones)&^w&tops | (quote-ones)&^quote&tops | (slash-ones)&^slash&tops
}
