package graph

import (
	"io"
	"sync"
)

// write lets v write itself into a buffer of texts; nil where it gives up.
func write[T any](x *writing, w writer[T], v T) (text *[]byte) {
	defer func() {
		if recover() != nil { // not lost: generated execution meets it too, and says where
			text = nil
		}
	}()
	text = texts.Get().(*[]byte)
	b := w(x, (*text)[:0], v)
	if b == nil {
		texts.Put(text)
		return nil
	}
	*text = b
	return text
}

// written is a part of an answer that is ready. It is good for one time.
type written struct{ text *[]byte }

// MarshalGQL writes it, and gives its memory to the next.
func (w *written) MarshalGQL(out io.Writer) {
	text := w.text
	w.text = nil // so that a second time is a panic and never somebody else's answer
	_, _ = out.Write(*text)
	reuse(text)
}

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
