package edge

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"time"
)

// maxPooledBody is the largest buffer kept for the next body, in bytes.
const maxPooledBody = 32 << 10

// slowBody is how long a body may take before the time for its answer starts anew.
const slowBody = 100 * time.Millisecond

// ReadBody reads the body of a request, up to most bytes, before next takes a place or starts its
// timeout. So a slow client takes nothing from others. next rejects a body that is longer or
// incomplete. A body whose Content-Length is too large is not read.
//
// answer is the time for the operation and its answer, from the end of the body. 0 leaves the
// write deadline unchanged.
func ReadBody(most int64, answer time.Duration) func(http.Handler) http.Handler {
	bodies := sync.Pool{New: func() any { return new(bufferedBody) }}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength == 0 || r.ContentLength > most {
				next.ServeHTTP(w, r)
				return
			}
			b := bodies.Get().(*bufferedBody)
			began := time.Now()
			b.readFrom(r.Body, most)
			if answer > 0 && time.Since(began) > slowBody {
				http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answer)) // best effort
			}
			r.Body = b // r is the copy made by RequestID
			k := requestInfoOf(r.Context())
			if k != nil && b.complete() {
				k.Body = b.buf.Bytes()
			}
			next.ServeHTTP(w, r)
			if k != nil {
				k.Body = nil
			}
			if b.buf.Cap() <= maxPooledBody {
				bodies.Put(b)
			}
		})
	}
}

// A bufferedBody is a body in memory, and the rest that was not read.
type bufferedBody struct {
	buf     bytes.Buffer
	err     error         // what ended the reading of buf; nil: the end of the body, or rest follows
	rest    io.ReadCloser // the body itself
	limited io.LimitedReader
}

func (b *bufferedBody) readFrom(body io.ReadCloser, most int64) {
	b.buf.Reset()
	b.rest = body
	b.limited = io.LimitedReader{R: body, N: most + 1}
	_, b.err = b.buf.ReadFrom(&b.limited)
}

// complete reports whether buf is the complete body.
func (b *bufferedBody) complete() bool { return b.err == nil && b.limited.N > 0 }

// Read returns the bytes already read, and then the result of reading further.
func (b *bufferedBody) Read(p []byte) (int, error) {
	n, err := b.buf.Read(p)
	switch {
	case n > 0 || len(p) == 0 || err == nil:
		return n, nil
	case b.err != nil:
		return 0, b.err
	case b.limited.N == 0:
		return b.rest.Read(p)
	}
	return 0, io.EOF
}

// Close closes the body itself.
func (b *bufferedBody) Close() error { return b.rest.Close() }
