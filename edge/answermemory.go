package edge

import (
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"census-gateway/internal/errcodes"
)

// largeAnswer is the minimum size of an answer that counts in AnswerMemory, in bytes. Smaller ones
// fit, or nearly fit, into the connection's buffers.
const largeAnswer = 64 << 10

// An AnswerMemory limits the bytes of large answers in memory, from when they are made until
// they are sent, since clients may read slowly. Small answers always pass.
type AnswerMemory struct {
	limit int64
	used  atomic.Int64
}

// NewAnswerMemory allows at most that many bytes in memory at once.
func NewAnswerMemory(bytes int64) *AnswerMemory { return &AnswerMemory{limit: bytes} }

// An answerShare is the part of an AnswerMemory that one answer uses. The zero share has no limit.
type answerShare struct {
	memory *AnswerMemory // nil: no limit
	mu     sync.Mutex
	bytes  int64
}

// growTo grows the share to at least that many bytes. It returns false, and leaves the share
// unchanged, if there is no room.
func (s *answerShare) growTo(bytes int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes <= s.bytes || s.set(bytes)
}

// setFromHeader sets the share to the size in the header of an answer, if the header has one;
// false if there is no room.
func (s *answerShare) setFromHeader(h http.Header) bool {
	length := h["Content-Length"]
	if s.memory == nil || len(length) != 1 {
		return true
	}
	bytes, err := strconv.ParseInt(length[0], 10, 64)
	s.mu.Lock()
	defer s.mu.Unlock()
	return err != nil || s.set(bytes)
}

// set sets the share to bytes.
func (s *answerShare) set(bytes int64) bool {
	if bytes < largeAnswer {
		bytes = 0
	}
	if s.memory == nil || bytes == s.bytes {
		return true
	}
	if more := bytes - s.bytes; s.memory.used.Add(more) > s.memory.limit && more > 0 {
		s.memory.used.Add(-more)
		return false
	}
	s.bytes = bytes
	return true
}

// release sets the share to 0. From then on, the answer has no limit.
func (s *answerShare) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.set(0)
	s.memory = nil
}

func noMemory() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: errcodes.Overloaded, Reason: ForSending, RetryAfter: time.Second,
		Message: "Too many large answers are being made or sent. Try again in a moment, or ask for less."}
}
