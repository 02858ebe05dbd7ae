package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
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
	l := &lines{least: least, w: shared, requestID: requestID, operations: operationLines{w: shared}}
	masked := &slog.HandlerOptions{Level: least, ReplaceAttr: maskAttr}
	switch strings.ToLower(format) {
	case "", "json":
		l.Handler, l.operations.json = slog.NewJSONHandler(shared, masked), true
	case "text":
		l.Handler = slog.NewTextHandler(shared, masked)
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
