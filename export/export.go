// Package export writes sync runs to a file or a pipe, each exactly once, however often
// it is interrupted. It walks the list of all runs oldest first, as any client would
// (walk.go), and writes down how far it has come (cursor.go) only after what it
// wrote is on disk (sink.go). What stands in a file behind that is cut off by the next
// start.
//
// A run is written once it is over and Census has not touched it for ten minutes. A run
// that is not yet there is kept by its id and asked for again, so a long run holds
// nobody up.
package export

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Options say what is exported, where to, and who is asked.
type Options struct {
	Since  string   // runs created then or later; "": as the cursor file says
	Syncs  []string // of these syncs; none: of all
	Format string   // "ndjson" or "csv"
	To     string   // the file; "": Out
	Out    io.Writer
	Cursor string        // the cursor file; "": none, so nothing can be resumed
	Follow time.Duration // how long to wait before it looks for new runs; 0: it ends
	// Ask posts a GraphQL request and returns the body of the answer.
	Ask func(ctx context.Context, query string, variables map[string]any) ([]byte, error)
	// Progress gets lines for people.
	Progress io.Writer

	pageSize int // runs of a page; 0: 500
}

// Run exports until there is nothing more, or, where it follows, until ctx ends.
func Run(ctx context.Context, o Options) error {
	e := &exporter{Options: o}
	state, err := readCursor(o)
	if err != nil {
		return err
	}
	e.state = state
	if e.sink, err = openSink(o, &e.state); err != nil {
		return err
	}
	defer e.sink.close()
	for {
		err := e.round(ctx)
		switch {
		case ctx.Err() != nil && o.Follow > 0:
			e.tell("stopped")
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("stopped before the end, after %d runs", e.state.Runs)
		case err != nil && (o.Follow == 0 || !passing(err)):
			return err
		case err != nil:
			fmt.Fprintf(o.Progress, "trying again in %s: %v\n", o.Follow, err)
		case o.Follow == 0:
			e.tell("done")
			return nil
		}
		if sleep(ctx, o.Follow) != nil {
			e.tell("stopped")
			return nil
		}
	}
}

// tell writes how far the export is.
func (e *exporter) tell(what string) {
	e.told = time.Now()
	upTo := ""
	if e.upTo != "" {
		upTo = ", up to " + e.upTo
	}
	fmt.Fprintf(e.Progress, "%s: %d runs%s; %d not over yet\n", what, e.state.Runs, upTo, len(e.state.Open))
}

// sleep waits, or returns why it did not.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
