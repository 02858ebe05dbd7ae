package upstream

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"unsafe"
)

// A body is an answer of Census, in memory that is used again for the next.
type body struct {
	text string // until free
	buf  *bytes.Buffer
}

// free gives the memory to the next answer. Nothing may have been kept of text:
// what the scanner gives out is copied.
func (b body) free() {
	if b.buf != nil && b.buf.Cap() <= keptBuffer {
		b.buf.Reset()
		buffers.Put(b.buf)
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errTooLong = fmt.Errorf("answer over %d bytes", maxBody)

// readBody reads an answer, but no further than maxBody.
func readBody(resp *http.Response) (body, error) {
	b := body{buf: buffers.Get().(*bytes.Buffer)}
	if n := resp.ContentLength; n > 0 { // a promise, which takes no more memory than a page usually does
		b.buf.Grow(int(min(n, promised)) + bytes.MinRead)
	}
	_, err := b.buf.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && b.buf.Len() > maxBody {
		err = errTooLong
	}
	if err != nil {
		b.free()
		return body{}, err
	}
	b.text = unsafe.String(unsafe.SliceData(b.buf.Bytes()), b.buf.Len()) // a copy would be the largest allocation of a call
	return b, nil
}
