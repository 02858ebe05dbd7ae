package observe

import (
	"context"
	"log/slog"
)

// lines is the handler of the loggers made here.
type lines struct {
	slog.Handler // masks, and writes at once
	// operations is for the line of an operation that went well, of which there is one for
	// most requests. It masks nothing, since what is in that line was cleaned before, and
	// its lines can wait.
	operations slog.Handler
	least      *slog.LevelVar
	w          *sharedWriter
	requestID  func(context.Context) string // nil finds none
}

// Handle writes a line, with the id of the request that ctx belongs to.
func (l *lines) Handle(ctx context.Context, r slog.Record) error {
	if l.requestID != nil {
		if id := l.requestID(ctx); id != "" {
			r = r.Clone()
			r.AddAttrs(slog.String("request_id", id))
		}
	}
	return l.Handler.Handle(ctx, r)
}
