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

// NewLogger returns a logger that writes to w in format "json" or "text" (""
// is "json") what is at level or above: "debug", "info", "warn" or "error" (""
// is "info"). It masks the values of keys that name a secret, and whatever
// within a text is shaped like one. A line says which request it is about where
// requestID (nil: never) finds one in the context.
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
		l.Handler, l.operations = slog.NewJSONHandler(shared, masked), slog.NewJSONHandler(later{shared}, clean)
	case "text":
		l.Handler, l.operations = slog.NewTextHandler(shared, masked), slog.NewTextHandler(later{shared}, clean)
	default:
		return nil, fmt.Errorf("log format %q: want json or text", format)
	}
	return slog.New(l), nil
}

// SetLevel changes from which level on log, which NewLogger returned, writes.
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
		return fmt.Errorf("log level %q: want debug, info, warn or error", level)
	}
	return nil
}

// Flush writes the lines of log that wait (see sharedWriter). It is for the end of
// the program; log is one that NewLogger returned, or any other, which has none.
func Flush(log *slog.Logger) {
	if l, ok := log.Handler().(*lines); ok {
		l.w.Flush()
	}
}

const (
	longestWait = 100 * time.Millisecond
	mostWaiting = 32 << 10 // bytes
)

// A sharedWriter takes one line after the other. Lines that can wait are gathered
// and written together, at the latest longestWait after the first of them: a
// system call for each would be a tenth of what a small request costs. What is lost
// of them if the process is killed is that last moment.
type sharedWriter struct {
	mu      sync.Mutex
	w       io.Writer
	waiting []byte
	timer   *time.Timer // ends the wait; nil until something has waited
}

// Write writes line at once, after those that wait.
func (s *sharedWriter) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
	return s.w.Write(line)
}

// A later has each line written soon.
type later struct{ *sharedWriter }

// Write keeps line until it is written with others.
func (s later) Write(line []byte) (int, error) {
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

// Flush writes the lines that wait.
func (s *sharedWriter) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flush()
}

// flush is Flush; s.mu is held.
func (s *sharedWriter) flush() {
	if len(s.waiting) > 0 {
		_, _ = s.w.Write(s.waiting) // slog does not say either that a log cannot be written
		s.waiting = s.waiting[:0]
	}
}
