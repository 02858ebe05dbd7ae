package observe

import (
	"io"
	"sync"
	"time"
)

const (
	longestWait = 100 * time.Millisecond
	mostWaiting = 32 << 10 // bytes
)

// A sharedWriter writes log lines in order. Lines that can wait are collected and written
// together, at most longestWait after the first: a system call per line would take a tenth of the
// time of a small request. If the process is killed, these lines are lost.
type sharedWriter struct {
	mu      sync.Mutex
	w       io.Writer
	waiting []byte
	timer   *time.Timer // ends the wait; nil until a line has waited
}

// Write writes line at once, after the waiting lines.
func (s *sharedWriter) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	return s.w.Write(line)
}

// writeLater writes a copy of line soon, together with others.
func (s *sharedWriter) writeLater(line []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.timer == nil:
		s.timer = time.AfterFunc(longestWait, s.Flush)
	case len(s.waiting) == 0:
		s.timer.Reset(longestWait)
	}
	s.waiting = append(s.waiting, line...)
	if len(s.waiting) >= mostWaiting {
		s.flush()
	}
}

// Flush writes the waiting lines.
func (s *sharedWriter) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
}

// flush is Flush with s.mu held.
func (s *sharedWriter) flush() {
	if len(s.waiting) > 0 {
		_, _ = s.w.Write(s.waiting) // slog does not report a failed write either
		s.waiting = s.waiting[:0]
	}
}
