package edge

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// largeAnswer is the least length that counts in Sending, in bytes. What is shorter
// fits into the buffers of the connection, or nearly.
const largeAnswer = 64 << 10

// A Sending bounds the bytes of large answers that are under way to their clients:
// an answer is held in memory until its client has read it, and a client may take
// its time. Small answers pass in any case.
type Sending struct {
	most int64
	now  atomic.Int64
}

// NewSending lets at most bytes be under way at once.
func NewSending(bytes int64) *Sending { return &Sending{most: bytes} }

// take books an answer with that header; false if there is no room for it. give
// gives n back.
func (s *Sending) take(h http.Header) (n int64, ok bool) {
	length := h["Content-Length"]
	if s == nil || len(length) != 1 || len(length[0]) < len("65536") {
		return 0, true
	}
	n, err := strconv.ParseInt(length[0], 10, 64)
	if err != nil || n < largeAnswer {
		return 0, true
	}
	if s.now.Add(n) > s.most {
		s.now.Add(-n)
		return 0, false
	}
	return n, true
}

func (s *Sending) give(n int64) {
	if n > 0 {
		s.now.Add(-n)
	}
}

func noRoom() *Refusal {
	return &Refusal{Status: http.StatusServiceUnavailable, Code: CodeOverloaded, Reason: ForSending, RetryAfter: time.Second,
		Message: "Too many large answers are being sent. Try again in a moment, or ask for less."}
}
