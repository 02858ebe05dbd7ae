package graph

import "sync"

const (
	firstSize = 512     // size of one run with all its fields
	maxReused = 1 << 19 // size of five hundred runs; larger buffers are not reused
)

var answerBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, firstSize)) }}

// reuseBuffer makes the memory of text, which must not be used any more, available to other
// answers.
func reuseBuffer(text *[]byte) {
	if cap(*text) <= maxReused {
		answerBuffers.Put(text)
	}
}
