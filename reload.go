package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"sync/atomic"
)

// reload reads the settings again for each signal and puts a handler made from
// them in place of the present one, which finishes what it has begun. Settings
// that are wrong, or fixed and other than at the start, change nothing.
func (g *gateway) reload(ctx context.Context, args []string, start settings, signals <-chan os.Signal, now *atomic.Pointer[http.Handler]) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		s, _, err := parse(args, os.Stderr)
		if err == nil {
			err = s.changes(start)
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

// changes finds what is fixed and differs from start.
func (s settings) changes(start settings) error {
	now, before := reflect.ValueOf(s), reflect.ValueOf(start)
	for i := range now.NumField() {
		f := now.Type().Field(i)
		if _, fixed := f.Tag.Lookup("fixed"); fixed && !now.Field(i).Equal(before.Field(i)) {
			return fmt.Errorf("%s cannot change while the gateway runs: start it again", f.Tag.Get("env"))
		}
	}
	return nil
}
