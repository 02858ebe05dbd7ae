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

// exportFlags are export's own.
type exportFlags struct {
	Since  string        `placeholder:"TIME" help:"Runs created then or later, such as 2026-11-01T00:00:00Z. Needed unless the cursor file exists." group:"Export"`
	Sync   []string      `placeholder:"ID" help:"Only runs of these syncs; left out: of all, also of those to come." group:"Export"`
	Format string        `enum:"ndjson,csv" default:"ndjson" placeholder:"ndjson|csv" help:"One JSON object a line, or CSV with a line of names, where null is empty (default ${default})." group:"Export"`
	To     string        `placeholder:"FILE" help:"The file that gets the rows; left out: stdout." group:"Export"`
	Cursor string        `placeholder:"FILE" help:"Where the export keeps how far it is. The same command again goes on there." group:"Export"`
	Follow bool          `help:"Do not end: look for new runs again and again." group:"Export"`
	Every  time.Duration `default:"1m" help:"How often, with --follow (default ${default})." group:"Export"`
}

// exportRuns writes the runs of a workspace to a file, each exactly once.
func exportRuns(ctx context.Context, args []string, out, errOut io.Writer) error {
	var f exportFlags
	s, done, err := settings.ReadCommand(args, out, settings.Command{Name: "export", Flags: &f, Groups: []string{"Export", "Census", "Log"},
		Help: "Exports sync runs, oldest first. A run is written once it is over and Census has not touched it for ten minutes, and never twice. Rows hold error messages, which can hold names and values of records."})
	switch {
	case err != nil || done:
		return err
	case s.PassThrough:
		return errors.New("export asks with CENSUS_API_TOKEN: GATEWAY_PASS_THROUGH cannot be set")
	case f.Every < time.Second:
		return errors.New("--every must be 1s or more")
	}
	// Nobody waits for a page, and a page of old memory would be one too few.
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
		io.WriteString(errOut, "Exporting a simulated Census, with made-up runs: CENSUS_API_TOKEN is not set.\n")
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
