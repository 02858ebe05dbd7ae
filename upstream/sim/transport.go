package sim

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Transport calls the handler in process, without a socket. It honors the request's context as
// a real transport does, and blocks only in ways that a testing/synctest bubble sees. It makes
// normal answers on the caller's goroutine, in one piece. Faults run on a goroutine of their
// own and stream.
func (c *Census) Transport() http.RoundTripper { return transport{c} }

type transport struct{ c *Census }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	effect := t.c.recordCall(r)
	if err := r.Context().Err(); err != nil {
		return nil, err // ended in OnCall
	}
	if effect != nil {
		return t.stream(r, effect)
	}
	a := record(r, http.HandlerFunc(t.c.answer))
	return response(r, a.code, a.head, int64(len(a.body)), io.NopCloser(bytes.NewReader(a.body))), nil
}

func response(r *http.Request, code int, head http.Header, length int64, body io.ReadCloser) *http.Response {
	return &http.Response{
		Status:     strconv.Itoa(code) + " " + http.StatusText(code),
		StatusCode: code,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        head,
		Body:          body,
		ContentLength: length,
		Request:       r,
	}
}

// stream runs an effect on its own goroutine and returns when the headers are there.
func (t transport) stream(r *http.Request, effect Effect) (*http.Response, error) {
	ctx, leave := context.WithCancel(r.Context())
	request := r.WithContext(ctx)
	if r.Body != nil {
		text, err := io.ReadAll(r.Body) // it is closed when RoundTrip returns
		if err != nil {
			leave()
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(text))
	}
	body, out := io.Pipe()
	s := &stream{ctx: r.Context(), head: http.Header{}, ready: make(chan struct{}), out: out, left: -1}
	stop := context.AfterFunc(ctx, func() { s.fail(io.ErrClosedPipe) })
	go func() {
		defer stop()
		defer s.finish()
		effect(s, request, http.HandlerFunc(t.c.answer))
	}()
	<-s.ready
	if s.failed != nil {
		leave()
		return nil, s.failed
	}
	a := response(r, s.code, s.sent, s.length, &streamBody{body, leave})
	if s.sent.Get("Content-Encoding") == "gzip" && r.Header.Get("Accept-Encoding") == "" {
		a.Header.Del("Content-Encoding")
		a.ContentLength, a.Uncompressed = -1, true
		a.Body = &unzipped{ReadCloser: a.Body}
	}
	return a, nil
}

// A streamBody notifies the effect when the client closes it.
type streamBody struct {
	*io.PipeReader
	leave context.CancelFunc
}

func (b *streamBody) Close() error {
	b.leave()
	return b.PipeReader.Close()
}

// unzipped unpacks answers as net/http's transport does for requests without an
// Accept-Encoding.
type unzipped struct {
	io.ReadCloser
	z *gzip.Reader
}

func (u *unzipped) Read(p []byte) (n int, err error) {
	if u.z == nil {
		if u.z, err = gzip.NewReader(u.ReadCloser); err != nil {
			u.z = nil
			return 0, err
		}
	}
	return u.z.Read(p)
}

// A stream is the ResponseWriter of a faulty answer.
type stream struct {
	ctx    context.Context // the client's
	head   http.Header
	out    *io.PipeWriter
	once   sync.Once
	ready  chan struct{} // closed when the fields below are set
	code   int           // 0: no answer, see failed
	sent   http.Header
	length int64
	failed error
	left   int64 // of the announced length; negative: none announced
}

func (s *stream) Header() http.Header { return s.head }

func (s *stream) WriteHeader(code int) {
	s.once.Do(func() {
		s.code, s.sent, s.length = code, s.head.Clone(), -1
		if n, err := strconv.ParseInt(s.sent.Get("Content-Length"), 10, 64); err == nil {
			s.length, s.left = n, n
		}
		close(s.ready)
	})
}

func (s *stream) Write(p []byte) (int, error) {
	s.WriteHeader(http.StatusOK)
	if s.left >= 0 {
		s.left = max(s.left-int64(len(p)), 0)
	}
	return s.out.Write(p)
}

// Flush only sends the headers: nothing else is buffered.
func (s *stream) Flush() { s.WriteHeader(http.StatusOK) }

// fail makes the client see err instead of the answer or its rest. A client whose context has
// ended sees that instead.
func (s *stream) fail(err error) {
	if ended := s.ctx.Err(); ended != nil {
		err = ended
	}
	s.once.Do(func() {
		s.failed = err
		close(s.ready)
	})
	s.out.CloseWithError(err)
}

// finish ends the answer as net/http's server does. A handler that panics with
// http.ErrAbortHandler, or writes less than it announced, loses the connection.
func (s *stream) finish() {
	switch p := recover(); {
	case p == http.ErrAbortHandler && s.code == 0:
		s.fail(io.EOF)
	case p == http.ErrAbortHandler, s.left > 0:
		s.fail(io.ErrUnexpectedEOF)
	case p != nil:
		panic(p)
	default:
		s.WriteHeader(http.StatusOK)
		s.out.Close()
	}
}
