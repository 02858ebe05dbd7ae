package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"census-gateway/edge/observe"
	"census-gateway/settings"
)

// reload reads the settings again at each signal and replaces the handler. Requests that the old
// handler has begun finish there. If a file cannot be read, its previous content stays in force.
// If a setting is invalid, or differs from a fixed one, nothing changes.
func (g *gateway) reload(ctx context.Context, args []string, start settings.Settings, signals <-chan os.Signal, now *atomic.Pointer[http.Handler]) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		s, _, err := settings.Read(args, os.Stderr)
		if err == nil {
			err = s.Changes(start)
		}
		if err == nil {
			var handler http.Handler
			if handler, err = g.handler(ctx, s); err == nil {
				now.Store(&handler)
				err = observe.SetLevel(g.log, s.LogLevel)
			}
		}
		switch {
		case err != nil:
			g.log.Error("settings not reloaded: the previous ones stay in force", "error", err)
			g.reloads.failed.Add(1)
		case len(g.sources.kept) > 0:
			g.log.Error("settings reloaded in part: files that could not be read keep their previous content", "error", errors.Join(g.sources.kept...))
			g.reloads.partial.Add(1)
		default:
			g.log.Info("settings reloaded")
			g.reloads.whole.Add(1)
			g.reloads.last.Store(time.Now().Unix())
		}
	}
}

// reloads counts reloads by result.
type reloads struct {
	whole, partial, failed atomic.Int64
	last                   atomic.Int64 // when all of them were last read, including at the start, in seconds since 1970; 0: never
}
