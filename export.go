package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"census-gateway/edge"
	"census-gateway/edge/observe"
	"census-gateway/export"
	"census-gateway/settings"
)

// exportFlags are the flags of the command export.
type exportFlags struct {
	Since  string        `placeholder:"TIME" help:"Export runs created at or after TIME, for example 2026-11-01T00:00:00Z. Required unless the cursor file exists." group:"Export"`
	Sync   []string      `placeholder:"ID" help:"Export only runs of these syncs (default: all syncs, including new ones)." group:"Export"`
	Format string        `enum:"ndjson,csv" default:"ndjson" placeholder:"ndjson|csv" help:"Output format: one JSON object per line, or CSV with a header line and an empty cell for null (default ${default})." group:"Export"`
	To     string        `placeholder:"FILE" help:"Output file (default: stdout)." group:"Export"`
	Cursor string        `placeholder:"FILE" help:"File that keeps the position of the export. Run the same command again to resume." group:"Export"`
	Follow bool          `help:"Keep running and export new runs as they appear." group:"Export"`
	Every  time.Duration `default:"1m" help:"With --follow, how often to look for new runs (default ${default})." group:"Export"`
}

// exportRuns writes the runs of a workspace to a file. It writes each run exactly once.
func exportRuns(ctx context.Context, args []string, out, errOut io.Writer) error {
	var f exportFlags
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "export", Flags: &f, Groups: []string{"Export", "Census", "Log"},
		Help: "Exports sync runs, oldest first. A run is written once, after it has ended and Census has not changed it for ten minutes. Rows contain error messages, which can contain names and values from records."})
	switch {
	case err != nil || done:
		return err
	case s.PassThrough:
		return errors.New("export uses CENSUS_API_TOKEN and does not work with GATEWAY_PASS_THROUGH: unset GATEWAY_PASS_THROUGH")
	case f.Every < time.Second:
		return errors.New("--every must be 1s or more")
	}
	// An export may take its time over a page, and must not read a stale one: a run could be
	// missing.
	s.Timeout, s.MaxPages, s.Stale, s.AnswerCache, s.Documents, s.OnlyTrusted = 30*time.Second, 1<<30, 0, 0, "", false
	edge.TuneMemory(os.Getenv, s.PageCache)
	g, err := open(ctx, s, errOut)
	if err != nil {
		return err
	}
	defer observe.Flush(g.log)
	defer g.tracing.Shutdown(context.WithoutCancel(ctx))
	handler, err := g.graph(s, new(sources))
	if err != nil {
		return err
	}
	if s.Simulated() {
		io.WriteString(errOut, "Exporting from a simulated Census with made-up runs, because CENSUS_API_TOKEN is not set.\n")
	}
	o := export.Options{Since: f.Since, Syncs: f.Sync, Format: f.Format, To: f.To, Out: out, Cursor: f.Cursor, Progress: errOut,
		Ask: func(ctx context.Context, query string, variables map[string]any) ([]byte, error) {
			a, err := askWithin(ctx, handler, http.Header{}, "", map[string]any{"query": query, "variables": variables})
			if err != nil {
				return nil, err
			}
			return a.body.Bytes(), nil
		}}
	if f.Follow {
		o.Follow = f.Every
	}
	return export.Run(ctx, o)
}
