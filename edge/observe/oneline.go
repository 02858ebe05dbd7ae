package observe

import (
	"context"
	"log/slog"
)

// lines is the handler of this package's loggers.
type lines struct {
	slog.Handler // masks secrets, and writes at once
	// operations writes the line of a successful operation, of which most requests have one. It
	// masks nothing, since the values in that line are clean, and its lines can wait.
	operations slog.Handler
	least      *slog.LevelVar
	w          *sharedWriter
	requestID  func(context.Context) string // nil adds no id
}

// Handle writes a line with the id of ctx's request.
func (l *lines) Handle(ctx context.Context, r slog.Record) error {
	if l.requestID != nil {
		if id := l.requestID(ctx); id != "" {
			r = r.Clone()
			r.AddAttrs(slog.String("request_id", id))
		}
	}
	return l.Handler.Handle(ctx, r)
}
