package calls

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"unsafe"

	"census-gateway/internal/jsonscan"
)

// A Body is an answer of Census, in memory that is used again for the next.
type Body struct {
	Text string // until free
	buf  *bytes.Buffer
}

// Free gives the memory to the next answer. Nothing may have been kept of text:
// what the scanner gives out is copied.
func (b Body) Free() {
	if b.buf != nil && b.buf.Cap() <= keptBuffer {
		b.buf.Reset()
		buffers.Put(b.buf)
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errTooLong = fmt.Errorf("answer over %d bytes", MaxBody)

// readBody reads an answer, but no further than MaxBody.
func readBody(resp *http.Response) (Body, error) {
	b := Body{buf: buffers.Get().(*bytes.Buffer)}
	if n := resp.ContentLength; n > 0 { // a promise, which takes no more memory than a page usually does
		b.buf.Grow(int(min(n, Promised)) + bytes.MinRead)
	}
	_, err := b.buf.ReadFrom(io.LimitReader(resp.Body, MaxBody+1))
	if err == nil && b.buf.Len() > MaxBody {
		err = errTooLong
	}
	if err != nil {
		b.Free()
		return Body{}, err
	}
	b.Text = unsafe.String(unsafe.SliceData(b.buf.Bytes()), b.buf.Len()) // a copy would be the largest allocation of a call
	return b, nil
}

// statedStatus is the HTTP status of a failure that an answer names in its text,
// though it came as a success: {"status":404}. 0 if it names none.
func statedStatus(body string) int {
	if len(body) > maxErrorBody {
		return 0
	}
	var s jsonscan.Scanner
	s.Reset(strings.TrimPrefix(body, "\ufeff"))
	stated := int64(0)
	for ok := s.Open('{'); ok && s.Next('}'); {
		if s.Key() != "status" {
			s.Skip()
		} else if n, ok := s.Integer(); ok && n >= 400 && n <= 599 {
			stated = n
		}
	}
	if s.End() != nil {
		return 0
	}
	return int(stated)
}
