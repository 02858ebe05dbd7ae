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

// largeAnswer is the minimum size of an answer that counts in Sending, in bytes. Smaller ones
// fit, or nearly fit, into the connection's buffers.
const largeAnswer = 64 << 10

// A Sending limits the bytes of large answers in memory, from when they are made until they are
// sent, since clients may read slowly. Small answers always pass.
type Sending struct {
	most int64
	now  atomic.Int64
}

// NewSending allows at most that many bytes in memory at once.
func NewSending(bytes int64) *Sending { return &Sending{most: bytes} }

// A share is the part of a Sending that one answer uses. The zero share has no limit.
type share struct {
	of *Sending // nil: no limit
	mu sync.Mutex
	n  int64
}

// hold grows the share to at least that many bytes. It returns false, and leaves the share
// unchanged, if there is no room.
func (s *share) hold(bytes int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes <= s.n || s.be(bytes)
}

// settle sets the share to the size in the header of an answer, if the header has one; false if
// there is no room.
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

// be sets the share to bytes.
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

// end releases the share. An answer still being made no longer counts.
func (s *share) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.be(0)
	s.of = nil
}

// Hold reports whether there is room for an answer to ctx's request of at least that many bytes
// in memory. If it returns false, stop making the answer.
func Hold(ctx context.Context, bytes int) bool {
	k := knownOf(ctx)
	return k == nil || k.share == nil || k.share.hold(int64(bytes))
}

func noRoom() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded, Reason: ForSending, RetryAfter: time.Second,
		Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less."}
}
