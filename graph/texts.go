package graph

import "sync"

const (
	fewBytes = 512     // what one run takes, with all its fields
	maxKept  = 1 << 19 // what five hundred take; no more than that is kept for the next
)

var texts = sync.Pool{New: func() any { return new(make([]byte, 0, fewBytes)) }}

// reuse gives memory that nobody reads any more to the next who writes.
func reuse(text *[]byte) {
	if cap(*text) <= maxKept {
		texts.Put(text)
	}
}
