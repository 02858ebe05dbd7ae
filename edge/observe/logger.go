package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// NewLogger returns a logger that writes to w in format "json" or "text" ("" means "json"), from
// level "debug", "info", "warn" or "error" on ("" means "info"). It masks the values of keys that
// name a secret, and parts of texts that have the shape of one. Each line has the id that
// requestID returns for its context, if any; a nil requestID adds none.
func NewLogger(w io.Writer, format, level string, requestID func(context.Context) string) (*slog.Logger, error) {
	least := new(slog.LevelVar)
	if err := setLevel(least, level); err != nil {
		return nil, err
	}
	shared := &sharedWriter{w: w}
	l := &lines{least: least, w: shared, requestID: requestID}
	masked, clean := &slog.HandlerOptions{Level: least, ReplaceAttr: maskAttr}, &slog.HandlerOptions{Level: least}
	switch strings.ToLower(format) {
	case "", "json":
		l.Handler, l.operations = slog.NewJSONHandler(shared, masked), slog.NewJSONHandler(bufferedWriter{shared}, clean)
	case "text":
		l.Handler, l.operations = slog.NewTextHandler(shared, masked), slog.NewTextHandler(bufferedWriter{shared}, clean)
	default:
		return nil, fmt.Errorf("log format %q: expected json or text", format)
	}
	return slog.New(l), nil
}

// SetLevel changes the minimum level of log, which NewLogger returned.
func SetLevel(log *slog.Logger, level string) error {
	l, ok := log.Handler().(*lines)
	if !ok {
		return nil
	}
	return setLevel(l.least, level)
}

func setLevel(least *slog.LevelVar, level string) error {
	if level == "" {
		level = "info"
	}
	if err := least.UnmarshalText([]byte(level)); err != nil {
		return fmt.Errorf("log level %q: expected debug, info, warn or error", level)
	}
	return nil
}

// Flush writes the waiting lines of log (see sharedWriter). Call it at the end of the program. It
// does nothing for a log that NewLogger did not return.
func Flush(log *slog.Logger) {
	if l, ok := log.Handler().(*lines); ok {
		l.w.Flush()
	}
}

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

// A bufferedWriter delays each line briefly.
type bufferedWriter struct{ *sharedWriter }

// Write keeps line, to write it together with others.
func (s bufferedWriter) Write(line []byte) (int, error) {
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
	return len(line), nil
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
