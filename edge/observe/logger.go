package observe

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// NewLogger returns a logger that writes to w in format "json" or "text" (""
// is "json") what is at level or above: "debug", "info", "warn" or "error" (""
// is "info"). It masks the values of keys that name a secret, and whatever
// within a text is shaped like one.
func NewLogger(w io.Writer, format, level string) (*slog.Logger, error) {
	var least slog.Level
	if level != "" {
		if err := least.UnmarshalText([]byte(level)); err != nil {
			return nil, fmt.Errorf("log level %q: want debug, info, warn or error", level)
		}
	}
	opt := &slog.HandlerOptions{Level: least, ReplaceAttr: maskAttr}
	shared := &sharedWriter{w: w}
	switch strings.ToLower(format) {
	case "", "json":
		return slog.New(&lines{Handler: slog.NewJSONHandler(shared, opt), w: shared, json: true}), nil
	case "text":
		return slog.New(&lines{Handler: slog.NewTextHandler(shared, opt), w: shared}), nil
	}
	return nil, fmt.Errorf("log format %q: want json or text", format)
}

// A sharedWriter takes one line after the other.
type sharedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *sharedWriter) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(line)
}
