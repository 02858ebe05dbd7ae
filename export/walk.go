package export

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"
)

const (
	maxIDs            = 100              // the maximum number of ids of the field nodes
	settleTime        = 10 * time.Minute // Census may change the totals of a run for some minutes after its end
	settleTimeUnknown = 24 * time.Hour   // for a run whose outcome is unknown
	reportEvery       = 2 * time.Second
)

// pageQuery reads the runs after a position, oldest first; openQuery reads single runs.
var (
	pageQuery = `query export($syncs: [ID!], $since: DateTime!, $before: DateTime!, $after: String, $first: Int!) {
  list: syncRuns(syncIds: $syncs, filter: {createdSince: $since, createdBefore: $before}, orderBy: {direction: ASC}, first: $first, after: $after) {
    nodes { ` + fields + ` } pageInfo { hasNextPage endCursor }
  }
}`
	openQuery = `query exportOpen($ids: [ID!]!) { nodes(ids: $ids) { ... on SyncRun { ` + fields + ` } } }`
)

// page returns how many runs are read at once.
func (o Options) page() int { return cmp.Or(o.pageSize, 500) }

type exporter struct {
	Options
	state      cursor
	sink       *sink
	upTo       string    // creation time of the last run read
	lastReport time.Time // when progress was last reported
}

// exportReady writes every run that is ready.
func (e *exporter) exportReady(ctx context.Context) error {
	if err := e.exportOpen(ctx); err != nil {
		return err
	}
	// A run younger than this is not settled; the next round reads it.
	before := time.Now().Add(-settleTime).UTC().Format(time.RFC3339Nano)
	for {
		var page struct {
			List struct {
				Nodes    []json.RawMessage
				PageInfo struct {
					HasNextPage bool
					EndCursor   *string
				}
			}
		}
		variables := map[string]any{"since": e.state.Since, "before": before, "first": e.page(), "after": e.state.After}
		if len(e.state.Syncs) > 0 {
			variables["syncs"] = e.state.Syncs
		}
		if _, err := e.ask(ctx, pageQuery, variables, &page); err != nil {
			return err
		}
		next := e.state
		next.Open = slices.Clone(e.state.Open)
		for _, node := range page.List.Nodes {
			run, err := readRun(node)
			if err != nil {
				return err
			}
			e.upTo = run.CreatedAt.Format(time.RFC3339)
			if !run.settled(time.Now()) {
				next.Open = append(next.Open, run.ID)
				continue
			}
			if err := e.write(&next, node); err != nil {
				return err
			}
		}
		if page.List.PageInfo.EndCursor != nil {
			next.After = page.List.PageInfo.EndCursor
		}
		if err := e.commit(next); err != nil {
			return err
		}
		if !page.List.PageInfo.HasNextPage {
			return nil
		}
	}
}

// exportOpen reads unfinished runs again and writes those that have settled. It drops a run that
// Census has deleted.
func (e *exporter) exportOpen(ctx context.Context) error {
	for ids := range slices.Chunk(slices.Clone(e.state.Open), maxIDs) {
		var answer struct{ Nodes []json.RawMessage }
		gone, err := e.ask(ctx, openQuery, map[string]any{"ids": ids}, &answer)
		if err != nil {
			return err
		}
		next := e.state
		next.Open = slices.Clone(e.state.Open)
		drop := func(id string) {
			next.Open = slices.DeleteFunc(next.Open, func(open string) bool { return open == id })
		}
		for i, node := range answer.Nodes {
			if gone[i] {
				drop(ids[i])
				continue
			}
			run, err := readRun(node)
			if err != nil {
				return err
			}
			if !run.settled(time.Now()) {
				continue
			}
			if err := e.write(&next, node); err != nil {
				return err
			}
			drop(run.ID)
		}
		if err := e.commit(next); err != nil {
			return err
		}
	}
	return nil
}

// write writes one run. The run is not exported until commit.
func (e *exporter) write(next *cursor, node json.RawMessage) error {
	if e.sink.needsHeader {
		e.sink.needsHeader = false
		if err := writeHeader(e.sink.buf); err != nil {
			return err
		}
	}
	next.Runs++
	return writeRow(e.sink.buf, e.Format, node)
}

// commit makes next the position to resume from. It first flushes the rows to disk, then saves
// the cursor. If it fails in between, the next start removes the extra rows.
func (e *exporter) commit(next cursor) error {
	if err := e.sink.flush(); err != nil {
		return err
	}
	if e.sink.file != nil {
		next.Bytes = e.sink.bytes
	}
	if e.Cursor != "" {
		if err := next.save(e.Cursor); err != nil {
			return err
		}
	}
	e.state = next
	if time.Since(e.lastReport) >= reportEvery {
		e.report("exported")
	}
	return nil
}
