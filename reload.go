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

// reload reads the settings again for each signal and puts a handler made from
// them in place of the present one, which finishes what it has begun. Files that cannot
// be read leave what was read of them before. Settings that are wrong, or fixed and other
// than at the start, change nothing.
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
			g.log.Error("settings not read again: the present ones stay", "error", err)
			g.reloads.failed.Add(1)
		case len(g.sources.kept) > 0:
			g.log.Error("settings read again in part: what could not be read stays as it was", "error", errors.Join(g.sources.kept...))
			g.reloads.partial.Add(1)
		default:
			g.log.Info("settings read again")
			g.reloads.whole.Add(1)
			g.reloads.last.Store(time.Now().Unix())
		}
	}
}

// reloads counts how the settings were read again.
type reloads struct {
	whole, partial, failed atomic.Int64
	last                   atomic.Int64 // when all of them were last read, in seconds since 1970, the start included; 0: never
}
