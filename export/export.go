// Package export writes sync runs to a file or a pipe. It writes each run exactly once, however
// often it is interrupted. It reads the list of all runs oldest first, as any client would
// (walk.go). It saves its position (cursor.go) only after the rows are on disk (sink.go). The
// next start removes rows beyond the saved position.
//
// A run is written after it has ended and Census has not changed it for ten minutes. The cursor
// keeps the ids of runs that are not ready, and the export reads them again. A long run therefore
// does not delay the others.
package export

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Options configure an export.
type Options struct {
	Since  string   // runs created at or after this time; "": the time in the cursor file
	Syncs  []string // of these syncs; empty: of all
	Format string   // "ndjson" or "csv"
	To     string   // the output file; "": Out
	Out    io.Writer
	Cursor string        // the cursor file; "": none, so the export cannot be resumed
	Follow time.Duration // how long to wait before looking for new runs; 0: end instead
	// Ask posts a GraphQL request and returns the body of the answer.
	Ask func(ctx context.Context, query string, variables map[string]any) ([]byte, error)
	// Progress receives messages for people.
	Progress io.Writer

	pageSize int // runs per page; 0: 500
}

// Run exports until there are no more runs. With Follow it exports until ctx ends.
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
		err := e.exportReady(ctx)
		switch {
		case ctx.Err() != nil && o.Follow > 0:
			e.report("stopped")
			return nil
		case ctx.Err() != nil:
			return fmt.Errorf("stopped before the end, after %d runs; run the same command again to resume", e.state.Runs)
		case err != nil && (o.Follow == 0 || !retryable(err)):
			return err
		case err != nil:
			fmt.Fprintf(o.Progress, "retrying in %s: %v\n", o.Follow, err)
		case o.Follow == 0:
			e.report("done")
			return nil
		}
		if sleep(ctx, o.Follow) != nil {
			e.report("stopped")
			return nil
		}
	}
}

// report writes a line of progress.
func (e *exporter) report(what string) {
	e.lastReport = time.Now()
	upTo := ""
	if e.upTo != "" {
		upTo = ", up to " + e.upTo
	}
	fmt.Fprintf(e.Progress, "%s: %d runs%s; %d unfinished\n", what, e.state.Runs, upTo, len(e.state.Open))
}

// sleep waits for d. It returns an error if ctx ends first.
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
