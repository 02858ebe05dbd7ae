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

// A Body is one answer of Census. Its memory is reused for later answers.
type Body struct {
	Text string // valid until Free
	buf  *bytes.Buffer
}

// Free releases the memory of the answer. The caller must not keep any part of Text; the
// scanner returns copies.
func (b Body) Free() {
	if b.buf != nil && b.buf.Cap() <= maxPooledBuffer {
		b.buf.Reset()
		buffers.Put(b.buf)
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var errTooLong = fmt.Errorf("the answer is larger than %d bytes", MaxBody)

// readBody reads an answer, up to MaxBody bytes.
func readBody(resp *http.Response) (Body, error) {
	b := Body{buf: buffers.Get().(*bytes.Buffer)}
	if n := resp.ContentLength; n > 0 { // only announced: no more than a usual page takes
		b.buf.Grow(int(min(n, MaxPreallocated)) + bytes.MinRead)
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

// statedStatus returns the HTTP status of a failure that an answer names in its text although
// it came as a success: {"status":404}. It returns 0 if the text names no failure.
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
