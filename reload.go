package main

import (
	"context"
	"net/http"
	"os"
	"sync/atomic"

	"census-gateway/settings"
)

// reload reads the settings again for each signal and puts a handler made from
// them in place of the present one, which finishes what it has begun. Settings
// that are wrong, or fixed and other than at the start, change nothing.
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
			}
		}
		if err != nil {
			g.log.Error("settings not read again: the present ones stay", "error", err)
		} else {
			g.log.Info("settings read again")
		}
	}
}
