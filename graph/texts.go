package graph

import "sync"

const (
	fewBytes = 512     // size of one run with all its fields
	maxKept  = 1 << 19 // size of five hundred runs; larger buffers are not reused
)

var texts = sync.Pool{New: func() any { return new(make([]byte, 0, fewBytes)) }}

// reuse makes the memory of text, which must not be used any more, available to other answers.
func reuse(text *[]byte) {
	if cap(*text) <= maxKept {
		texts.Put(text)
	}
}
