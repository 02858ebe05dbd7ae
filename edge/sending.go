package edge

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/internal/errcodes"
)

// largeAnswer is the least length that counts in Sending, in bytes. What is shorter
// fits into the buffers of the connection, or nearly.
const largeAnswer = 64 << 10

// A Sending bounds the bytes of large answers in memory, from when they are made until
// they are sent: a client may take its time to read. Small answers pass in any case.
type Sending struct {
	most int64
	now  atomic.Int64
}

// NewSending lets at most so many bytes be in memory at once.
func NewSending(bytes int64) *Sending { return &Sending{most: bytes} }

// A share is what one answer takes of a Sending. The zero share has room for everything.
type share struct {
	of *Sending // nil: room for everything
	mu sync.Mutex
	n  int64
}

// hold makes the share that of an answer of at least so many bytes; false if there is
// no room for it, and then it stays as it was.
func (s *share) hold(bytes int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes <= s.n || s.be(bytes)
}

// settle makes the share that of an answer with that header, if it tells its length;
// false if there is no room for it.
func (s *share) settle(h http.Header) bool {
	length := h["Content-Length"]
	if s.of == nil || len(length) != 1 {
		return true
	}
	bytes, err := strconv.ParseInt(length[0], 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	return err != nil || s.be(bytes)
}

// be changes the share to bytes.
func (s *share) be(bytes int64) bool {
	if bytes < largeAnswer {
		bytes = 0
	}
	if s.of == nil || bytes == s.n {
		return true
	}
	if more := bytes - s.n; s.of.now.Add(more) > s.of.most && more > 0 {
		s.of.now.Add(-more)
		return false
	}
	s.n = bytes
	return true
}

// end gives back what the share is. An answer that goes on being made counts no more.
func (s *share) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.be(0)
	s.of = nil
}

// Hold says that the answer to ctx's request takes at least so many bytes in memory,
// and that no more are made of it if there is no room for them: then it is false.
func Hold(ctx context.Context, bytes int) bool {
	k := knownOf(ctx)
	return k == nil || k.share == nil || k.share.hold(int64(bytes))
}

func noRoom() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded, Reason: ForSending, RetryAfter: time.Second,
		Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less."}
}
